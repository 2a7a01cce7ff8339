# The program on a small Debian, for servers that crawl and embed. `./build.sh release` puts the program into
# target/package/ first; the image holds nothing else of the repository.
FROM debian:stable-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY target/package/recasketch /usr/local/bin/recasketch
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["recasketch"]
