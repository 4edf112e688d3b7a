"""WeChat Pay v3: signing, platform keys, notices, the calls, and the provider made of them."""
