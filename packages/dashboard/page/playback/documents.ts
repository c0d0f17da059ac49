import { graphql } from '../api/graphql.ts';

export const RECORDING = graphql(`
  query Recording($id: ID!) {
    call(id: $id) {
      id
      recording {
        state
        startedAt
        durationMs
      }
    }
  }
`);

export const SIGNED_RECORDING_URL = graphql(`
  query SignedRecordingUrl($id: ID!) {
    call(id: $id) {
      id
      recording {
        signedUrl {
          url
        }
      }
    }
  }
`);

/** The recording, compressed without loss. */
export const SIGNED_FLAC_URL = graphql(`
  query SignedFlacUrl($id: ID!) {
    call(id: $id) {
      id
      recording {
        signedUrl(format: FLAC) {
          url
        }
      }
    }
  }
`);
