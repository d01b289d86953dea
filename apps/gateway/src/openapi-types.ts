import openapiTypes, { astToString } from 'openapi-typescript'

/** The TypeScript types of an OpenAPI document: how the console knows what the routes take and answer. */
export const typesOf = async (document: string): Promise<string> =>
  `// Written by ./phone openapi.\n${astToString(await openapiTypes(JSON.parse(document) as object as never))}`
