import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const compressible = /\.(js|css|svg|json)$/;
const worthIt = 1024;

// In writeBundle, from disk: in generateBundle the code still holds Vite's preload placeholder.
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    async writeBundle(options) {
      const folder = options.dir!;
      const names = await readdir(folder, { recursive: true });
      await Promise.all(
        names
          .filter((name) => compressible.test(name))
          .map(async (name) => {
            const path = join(folder, name);
            const plain = await readFile(path);
            if (plain.length < worthIt) return;
            const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
            await writeFile(`${path}.br`, await promisify(brotliCompress)(plain, quality));
            await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }));
          }),
      );
    },
  };
}

// `npm run dev` talks to a server started apart; TOCSIN_URL says where.
const server = process.env.TOCSIN_URL ?? 'http://127.0.0.1:4480';

export default defineConfig({
  base: './',
  plugins: [react(), precompressed()],
  server: { proxy: { '/api': server, '/v1': server, '/health': server } },
  build: {
    // Vite's default CSS target rewrites light-dark() in a way that Mantine's color-scheme variable defeats.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Few requests before the first content: one chunk of libraries, one of shared parts, one per screen.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(?!uplot)/, priority: 3 },
            { name: 'shared', test: /src\/(shared\/(?!charts\/(Severity|stack))|shell|styles)/, priority: 2 },
            { name: 'charts', test: /node_modules\/uplot|src\/shared\/charts\//, priority: 1 },
          ],
        },
      },
    },
  },
});
