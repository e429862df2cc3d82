"""One pipeline that trains tokenizer, backbone and adapters, in stages that go on where they stopped."""
