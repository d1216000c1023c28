/** The path prefix the server is reached under, from the <base> element it wrote: "/" or "/prefix/". */
export const basePath = new URL(document.baseURI).pathname.replace(/[^/]*$/, '');

export const apiRoot = `${basePath}api/tocsin/v1`;
