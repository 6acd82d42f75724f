# Production dependencies in a stage of their own, so that the image does not contain npm and its cache.
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24.21.0-slim
# The loopback of a container reaches nobody: `docker run --publish` says who reaches the page.
ENV NODE_ENV=production PILCROW_DATA=/data PILCROW_LISTEN=0.0.0.0:8190
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY config/pilcrow.yaml config/distributed.yaml config/rules.yaml config/pilcrow.schema.json config/rules.schema.json config/
COPY config/templates config/templates
COPY config/sample config/sample
COPY src src
COPY workers workers
RUN mkdir -p /data node_modules/.cache && chown node:node /data node_modules/.cache
USER node
RUN node bin/warm.js
# What is yours lies here: pilcrow.yaml and .env, which `init` writes, secrets, and the state.
WORKDIR /data
VOLUME /data
EXPOSE 8190
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["node", "/app/bin/pilcrow.js", "doctor", "--running"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/bin/pilcrow.js"]
CMD ["run"]
