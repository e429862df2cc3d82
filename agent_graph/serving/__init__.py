"""The agent over HTTP: `motion-agent serve`. Needs the extra `serve`."""
