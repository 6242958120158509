# syntax=docker/dockerfile:1
# The bot in a container: `docker build -t rodin-bot .`, then `docker run --env-file .env -v rodin-data:/data rodin-bot`.

# What npm alone has: the 3D viewer of the web pages.
FROM node:22-bookworm-slim AS viewer
WORKDIR /viewer
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim-bookworm
# Mesa draws the models in software; no display and no graphics card are needed.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libegl1 libgl1-mesa-dri libopengl0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /bot
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE THIRD-PARTY-NOTICES MANIFEST.in ./
COPY bot bot
COPY adapters adapters
COPY storage storage
COPY --from=viewer /viewer/node_modules node_modules
RUN python -m adapters.web.build_assets --modules node_modules \
    && rm -rf node_modules \
    && pip install --no-cache-dir --no-deps . \
    && useradd --system --home-dir /data --create-home bot
USER bot
# Give /data a volume that lasts: the tasks, the models and the key that signs their links lie there.
WORKDIR /data
VOLUME /data
ENV DATABASE_URL=sqlite+aiosqlite:////data/rodin-bot.db FILES_URL=/data/files HOST=0.0.0.0 PORT=8080
EXPOSE 8080
CMD ["rodin-bot", "run"]
