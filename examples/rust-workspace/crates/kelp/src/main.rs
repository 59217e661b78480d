use slipway_example_kelp_sdk::{Proxy, VERSION};

fn main() {
    let asked = std::env::args().nth(1).unwrap_or_default();
    if asked == "--version" {
        println!("kelp {VERSION}");
        return;
    }
    let proxy = Proxy::default().with("/api/", "http://127.0.0.1:8000/");
    println!(
        "{}",
        proxy.lead(&asked).unwrap_or_else(|| "nowhere".to_string())
    );
}
