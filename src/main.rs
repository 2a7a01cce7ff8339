use recasketch::network::Network; use recasketch::pixels::*; use recasketch::embedding::*;
fn main(){
 let b=std::fs::read("models/vgg16-quarter.onnx").unwrap();
 let t=std::time::Instant::now(); let n=Network::read(&b).unwrap(); println!("load {:?} {:?}", t.elapsed(), n.output_shape());
 for f in std::env::args().skip(1) { let p=Pixels::decode(&std::fs::read(&f).unwrap(), Fit::Crop,224,224).unwrap();
 for _ in 0..3 {let t=std::time::Instant::now(); let fm=n.features(&p).unwrap(); println!("{f} {:?} {:?}", t.elapsed(), &fm.values()[..4]);
 let e=Embedding::pack(&fm); println!("{}", e.squared_norm()); }}
}
