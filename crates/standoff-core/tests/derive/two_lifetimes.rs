#[derive(standoff_core::Layer)]
struct Both<'a, 'b> {
    one: &'a str,
    two: &'b str,
}

fn main() {}
