# The gateway as a container; docs/service.md says how to run it.

FROM node:22-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY scripts ./scripts
COPY src ./src
COPY adapters ./adapters
COPY test/support ./test/support
# The build looks somebody up, so that the code cache has what a lookup runs.
COPY config ./config
COPY samples ./samples
# The snapshot of the command line is for the folder and the processors that made it.
RUN npm run build && rm -f dist/livelookup/snapshot*
RUN npm prune --omit=dev --no-audit --no-fund

FROM node:22-slim
ENV NODE_ENV=production \
    GATEWAY_CONFIG=/etc/helpspot-gateway/gateway.yaml \
    HEALTH_URL=http://127.0.0.1:8787/healthz
# What the gateway keeps: a volume that is made for this folder belongs to its account.
RUN install -d -o node -g node -m 0700 /var/lib/helpspot-gateway
WORKDIR /opt/helpspot-gateway
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/bin ./bin
COPY config ./config
COPY samples ./samples
COPY docs ./docs
COPY LICENSE ./
USER node
EXPOSE 8787
VOLUME /var/lib/helpspot-gateway
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself, so that SIGTERM of the engine reaches it: calls in hand are answered.
STOPSIGNAL SIGTERM
CMD ["node", "bin/helpspot-gateway", "serve"]
