# PostgreSQL with wa_policy, on the official image.
#
#     docker build -t wa_policy --build-arg PG_MAJOR=17 .
#     docker run -e POSTGRES_PASSWORD=… wa_policy
#
# Built with the headers of the very server that it runs in; of the build only
# the extension gets into the second stage.
ARG PG_MAJOR=17

FROM postgres:${PG_MAJOR}-bookworm AS build
ARG PG_MAJOR
RUN apt-get update \
 && apt-get install -y --no-install-recommends make gcc libc6-dev libjson-c-dev postgresql-server-dev-${PG_MAJOR} \
 && rm -rf /var/lib/apt/lists/*
COPY . /src
# Where the folder has been built in on the host, its objects are of no use.
RUN make -C /src clean && make -C /src && make -C /src install DESTDIR=/stage

FROM postgres:${PG_MAJOR}-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libjson-c5 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /stage/ /
# In a new database cluster: the extension, in a schema of its own.
COPY examples/docker/create-extension.sql /docker-entrypoint-initdb.d/10-wa_policy.sql
