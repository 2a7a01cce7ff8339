"""Made tf2onnx.onnx: the model of make.py, top included, converted by tf2onnx.

    pip install tensorflow-cpu==2.21.0 tf2onnx==1.17.0 (and make.py's h5py, safetensors, pillow)
    KERAS_BACKEND=tensorflow python3 tests/weights/tf2onnx_make.py
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import tensorflow as tf
import tf2onnx
from make import here, keras_model

model = keras_model(True)
function = tf.function(lambda pixels: model(pixels, training=False))
signature = [tf.TensorSpec([None, 224, 224, 3], tf.float32, name="pixels")]
tf2onnx.convert.from_function(function, signature, opset=17, output_path=str(here / "tf2onnx.onnx"))
