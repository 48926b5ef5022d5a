#[derive(standoff_core::Layer)]
struct Twice {
    #[layer(name = "two")]
    one: u32,
    two: u32,
}

fn main() {}
