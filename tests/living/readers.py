"""Reads what `recasketch export` wrote by other engines' own readers, and says it as JSON.

usage: readers.py npy|parquet|safetensors FILE
"""

import json
import sys

form, path = sys.argv[1:]
origin = uids = None
if form == "npy":
    import numpy

    rows = numpy.load(path)
elif form == "safetensors":
    import safetensors.numpy

    with safetensors.safe_open(path, "numpy") as file:
        assert list(file.keys()) == ["embeddings"], file.keys()
        rows, origin = file.get_tensor("embeddings"), file.metadata()["recasketch"]
else:
    import numpy
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    rows = numpy.stack([row.as_py() for row in table["embedding"]]).astype("float32")
    assert str(table.schema.field("embedding").type.value_type) == "float", table.schema
    origin = table.schema.metadata[b"recasketch"].decode()
    uids = table.select(table.column_names[:-1]).to_pylist()

print(
    json.dumps(
        {
            "type": str(rows.dtype),
            "shape": rows.shape,
            "first": rows[0].tolist(),
            "last": rows[-1].tolist(),
            "origin": origin and json.loads(origin),
            "models": uids,
        }
    )
)
