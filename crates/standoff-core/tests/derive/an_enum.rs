#[derive(standoff_core::Layer)]
enum Mood {
    Good,
}

fn main() {}
