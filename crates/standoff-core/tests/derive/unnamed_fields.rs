#[derive(standoff_core::Layer)]
struct Pair(u32, u32);

fn main() {}
