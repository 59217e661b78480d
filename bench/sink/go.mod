module slipway-bench-sink

go 1.24
