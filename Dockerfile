# The image of every process of Apostil: apostil serve | web | worker | scheduler, and Celery's own.
#
#     docker build -t apostil .
#     docker run -p 127.0.0.1:8000:8000 -v apostil-data:/var/lib/apostil apostil
#
# Nothing secret is used while it is built. compose.yaml starts a whole installation.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/apostil \
    && /opt/apostil/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile --only-binary :all: --require-hashes -r requirements.lock
COPY requirements-build.lock ./
RUN python -m venv /build/maker \
    && /build/maker/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile --only-binary :all: --require-hashes -r requirements-build.lock
COPY LICENSE README.md pyproject.toml ./
COPY src src
RUN /build/maker/bin/hatchling build --target wheel --directory /build/wheels \
    && /opt/apostil/bin/pip install --no-cache-dir --disable-pip-version-check --no-compile --no-deps --no-index /build/wheels/apostil-*.whl \
    && /opt/apostil/bin/python -m compileall -q -j 0 /opt/apostil/lib

FROM python:${PYTHON}-slim
# The number is fixed, so that volumes keep their owner from one image to the next.
RUN groupadd --system --gid 10001 apostil \
    && useradd --system --uid 10001 --gid apostil --home-dir /var/lib/apostil --no-create-home --shell /usr/sbin/nologin apostil \
    && install -d -o apostil -g apostil -m 0700 /var/lib/apostil
COPY --from=build /opt/apostil /opt/apostil
ENV PATH=/opt/apostil/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    APOSTIL_DATA=/var/lib/apostil \
    APOSTIL_HOST=0.0.0.0 \
    APOSTIL_PORT=8000 \
    APOSTIL_LOG_FORMAT=json
USER apostil
WORKDIR /var/lib/apostil
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import http.client; asked = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); asked.request('GET', '/health/live'); raise SystemExit(asked.getresponse().status != 200)"]
CMD ["apostil", "serve"]
