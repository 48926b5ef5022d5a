#[derive(standoff_core::Layer)]
struct Interval {
    start: u32,
}

fn main() {}
