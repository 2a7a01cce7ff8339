# The program on a small Debian, for servers that crawl and embed: docker build -t recasketch - <Dockerfile
FROM rust:1-slim AS build
ARG VERSION=0.1.0
RUN cargo install recasketch --version "$VERSION" --locked --root /built

FROM debian:stable-slim
COPY --from=build /built/bin/recasketch /usr/local/bin/recasketch
USER 1000:1000
WORKDIR /work
ENTRYPOINT ["recasketch"]
