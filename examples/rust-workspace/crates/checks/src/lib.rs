//! Tests over all crates; not published.

#[cfg(test)]
mod tests {
    use slipway_example_kelp_sdk::Proxy;

    #[test]
    fn a_path_is_led_where_its_longest_prefix_says() {
        let proxy = Proxy::default()
            .with("/", "http://a/")
            .with("/api/", "http://b/");
        assert_eq!(proxy.lead("/api/x").as_deref(), Some("http://b/x"));
        assert_eq!(proxy.lead("/x").as_deref(), Some("http://a/x"));
    }

    #[test]
    fn nothing_leads_out_of_the_tree() {
        assert_eq!(Proxy::default().with("/", "http://a/").lead("/../x"), None);
    }
}
