# One image for every service of a cluster, and for the command line:
#
#     docker build --tag runtide:0.1.0 .
#
# Nothing is compiled but the dashboard: every package comes as a wheel, at the version and with
# the hash that constraints.txt pins.

FROM node:24.19.0-bookworm-slim AS dashboard
WORKDIR /src/dashboard
COPY dashboard/package.json dashboard/package-lock.json ./
RUN npm ci --no-audit --no-fund --no-update-notifier
COPY dashboard/ ./
# Into /src/query_api/static.
RUN npm run build


# The Python that the tests run on.
FROM python:3.11.16-slim-bookworm AS packages
WORKDIR /src
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY tools/pinned.sh tools/
COPY constraints.txt ./
RUN tools/pinned.sh uv > /tmp/uv.txt \
    && pip install --no-cache-dir --disable-pip-version-check --root-user-action ignore \
        --require-hashes --no-deps --requirement /tmp/uv.txt \
    && python -m venv --without-pip /opt/runtide
# The packages before the code, so that a change of code installs no package anew.
COPY pyproject.toml ./
RUN uv pip install --no-cache --python /opt/runtide/bin/python --compile-bytecode \
        --constraints constraints.txt --only-binary ':all:' \
        --requirement pyproject.toml --extra cluster
COPY LICENSE ./
COPY runtide/ runtide/
COPY ingest/ ingest/
COPY processors/ processors/
COPY query_api/ query_api/
COPY --from=dashboard /src/query_api/static/ query_api/static/
RUN uv pip install --no-cache --python /opt/runtide/bin/python --compile-bytecode \
        --build-constraints constraints.txt --no-deps .


FROM python:3.11.16-slim-bookworm
# A number, so that Kubernetes can see that it is not root. A volume that is mounted on the folder
# of artifacts takes its owner over.
RUN groupadd --gid 10001 runtide \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/runtide --create-home \
        --shell /usr/sbin/nologin runtide \
    && install --directory --owner 10001 --group 10001 /var/lib/runtide/artifacts
COPY --from=packages /opt/runtide /opt/runtide
# The folder that a command is called in is never imported from.
ENV PATH=/opt/runtide/bin:$PATH PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/runtide
# query-api, ingest, and the pages of processors.
EXPOSE 8300 8301 8302
ENTRYPOINT ["runtide"]
CMD ["--help"]
