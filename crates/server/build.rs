//! Builds again when the built web app or the content changes, since both are embedded.

fn main() {
    println!("cargo:rerun-if-changed=../../web/build");
    println!("cargo:rerun-if-changed=../../content");
}
