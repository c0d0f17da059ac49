/** Generated from docs/reference/schema.graphql by `pnpm --filter @sidetone/dashboard schema`. Do not edit. */

export type introspection = {
  name: never;
  query: 'Query';
  mutation: 'Mutation';
  subscription: 'Subscription';
  types: {
    AccessToken: {
      kind: 'OBJECT';
      name: 'AccessToken';
      fields: {
        createdAt: { name: 'createdAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        createdBy: { name: 'createdBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        expiresAt: { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        lastUsedAt: { name: 'lastUsedAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        name: {
          name: 'name';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        revokedAt: { name: 'revokedAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        scopes: {
          name: 'scopes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Scope'; ofType: null };
              };
            };
          };
        };
        source: {
          name: 'source';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'AccessTokenSource'; ofType: null };
          };
        };
        state: {
          name: 'state';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'AccessTokenState'; ofType: null };
          };
        };
      };
    };
    String: unknown;
    AccessTokenSource: { name: 'AccessTokenSource'; enumValues: 'CONFIGURATION' | 'DATABASE' };
    AccessTokenState: { name: 'AccessTokenState'; enumValues: 'ACTIVE' | 'EXPIRED' | 'REPLACED' | 'REVOKED' };
    AddMessageInput: {
      kind: 'INPUT_OBJECT';
      name: 'AddMessageInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'content';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        {
          name: 'role';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'MessageRole'; ofType: null };
          };
          defaultValue: null;
        },
        {
          name: 'triggerResponse';
          type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null };
          defaultValue: string;
        },
      ];
    };
    ID: unknown;
    Boolean: unknown;
    AddUtteranceInput: {
      kind: 'INPUT_OBJECT';
      name: 'AddUtteranceInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null }; defaultValue: null },
        { name: 'endMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
        { name: 'isFinal'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: string },
        {
          name: 'party';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'Party'; ofType: null } };
          defaultValue: null;
        },
        { name: 'startMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
        {
          name: 'text';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
        { name: 'utteranceId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      ];
    };
    Float: unknown;
    Int: unknown;
    Assistant: {
      kind: 'OBJECT';
      name: 'Assistant';
      fields: {
        name: { name: 'name'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        providerAssistantId: {
          name: 'providerAssistantId';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
        };
      };
    };
    AssistantChanged: {
      kind: 'OBJECT';
      name: 'AssistantChanged';
      fields: {
        assistant: { name: 'assistant'; type: { kind: 'OBJECT'; name: 'Assistant'; ofType: null } };
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    AudioLevels: {
      kind: 'OBJECT';
      name: 'AudioLevels';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        levels: {
          name: 'levels';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CallLevels'; ofType: null };
              };
            };
          };
        };
      };
    };
    AuditAction: {
      name: 'AuditAction';
      enumValues:
        | 'AUDIT_EXPIRED'
        | 'BACKFILL_STARTED'
        | 'CAPTURE_PAUSED'
        | 'CAPTURE_RESUMED'
        | 'DOWNLOAD_BY_LINK'
        | 'DOWNLOAD_RECORDING'
        | 'ERASE'
        | 'ERASE_COMMAND'
        | 'ERASE_NUMBER'
        | 'EXPORT'
        | 'HOLD_PLACED'
        | 'HOLD_RELEASED'
        | 'LISTENING_STARTED'
        | 'LISTENING_STOPPED'
        | 'RETENTION'
        | 'SIGN_IN_FAILED'
        | 'TOKENS_CHANGED'
        | 'TOKEN_CREATED'
        | 'TOKEN_REVOKED';
    };
    AuditEntry: {
      kind: 'OBJECT';
      name: 'AuditEntry';
      fields: {
        action: {
          name: 'action';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'AuditAction'; ofType: null };
          };
        };
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: {
          name: 'by';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        callDigest: { name: 'callDigest'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        details: { name: 'details'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } };
        outcome: {
          name: 'outcome';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'AuditOutcome'; ofType: null };
          };
        };
        seq: {
          name: 'seq';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
      };
    };
    AuditEntryConnection: {
      kind: 'OBJECT';
      name: 'AuditEntryConnection';
      fields: {
        edges: {
          name: 'edges';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'AuditEntryEdge'; ofType: null };
              };
            };
          };
        };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'AuditEntry'; ofType: null };
              };
            };
          };
        };
        pageInfo: {
          name: 'pageInfo';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } };
        };
      };
    };
    AuditEntryEdge: {
      kind: 'OBJECT';
      name: 'AuditEntryEdge';
      fields: {
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        node: {
          name: 'node';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'AuditEntry'; ofType: null };
          };
        };
      };
    };
    AuditFilter: {
      kind: 'INPUT_OBJECT';
      name: 'AuditFilter';
      isOneOf: false;
      inputFields: [
        {
          name: 'actions';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'ENUM'; name: 'AuditAction'; ofType: null };
            };
          };
          defaultValue: null;
        },
        {
          name: 'by';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'SCALAR'; name: 'String'; ofType: null };
            };
          };
          defaultValue: null;
        },
        { name: 'callId'; type: { kind: 'SCALAR'; name: 'ID'; ofType: null }; defaultValue: null },
        { name: 'outcome'; type: { kind: 'ENUM'; name: 'AuditOutcome'; ofType: null }; defaultValue: null },
        { name: 'since'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null }; defaultValue: null },
        { name: 'until'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null }; defaultValue: null },
      ];
    };
    AuditOutcome: { name: 'AuditOutcome'; enumValues: 'DONE' | 'FAILED' };
    Backfill: {
      kind: 'OBJECT';
      name: 'Backfill';
      fields: {
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        message: { name: 'message'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        provider: {
          name: 'provider';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Provider'; ofType: null } };
        };
        reached: { name: 'reached'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        requestedBy: { name: 'requestedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        since: {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        state: {
          name: 'state';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'BackfillState'; ofType: null };
          };
        };
        until: {
          name: 'until';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
      };
    };
    BackfillInput: {
      kind: 'INPUT_OBJECT';
      name: 'BackfillInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'providerId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
          defaultValue: null;
        },
        { name: 'until'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null }; defaultValue: null },
      ];
    };
    BackfillState: { name: 'BackfillState'; enumValues: 'DONE' | 'FAILED' | 'RUNNING' | 'STOPPED' };
    Call: {
      kind: 'OBJECT';
      name: 'Call';
      fields: {
        answeredAt: { name: 'answeredAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        assistant: { name: 'assistant'; type: { kind: 'OBJECT'; name: 'Assistant'; ofType: null } };
        capabilities: {
          name: 'capabilities';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Capability'; ofType: null };
              };
            };
          };
        };
        capturePause: { name: 'capturePause'; type: { kind: 'OBJECT'; name: 'CapturePause'; ofType: null } };
        commands: {
          name: 'commands';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandConnection'; ofType: null };
          };
        };
        cost: { name: 'cost'; type: { kind: 'OBJECT'; name: 'Money'; ofType: null } };
        createdAt: {
          name: 'createdAt';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        direction: { name: 'direction'; type: { kind: 'ENUM'; name: 'CallDirection'; ofType: null } };
        durationMs: { name: 'durationMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        end: { name: 'end'; type: { kind: 'OBJECT'; name: 'CallEnd'; ofType: null } };
        endedAt: { name: 'endedAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        events: {
          name: 'events';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CallEventConnection'; ofType: null };
          };
        };
        from: { name: 'from'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        hold: { name: 'hold'; type: { kind: 'OBJECT'; name: 'CallHold'; ofType: null } };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        isLive: {
          name: 'isLive';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        levels: {
          name: 'levels';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'PartyLevel'; ofType: null };
              };
            };
          };
        };
        listenUrl: { name: 'listenUrl'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        listeners: {
          name: 'listeners';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CallPresence'; ofType: null };
              };
            };
          };
        };
        mutedParties: {
          name: 'mutedParties';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Party'; ofType: null };
              };
            };
          };
        };
        notes: {
          name: 'notes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Note'; ofType: null };
              };
            };
          };
        };
        provider: {
          name: 'provider';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Provider'; ofType: null } };
        };
        providerCallId: {
          name: 'providerCallId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        providerData: { name: 'providerData'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } };
        recording: { name: 'recording'; type: { kind: 'OBJECT'; name: 'Recording'; ofType: null } };
        signedListenUrl: {
          name: 'signedListenUrl';
          type: { kind: 'OBJECT'; name: 'SignedUrl'; ofType: null };
        };
        status: {
          name: 'status';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'CallStatus'; ofType: null } };
        };
        streams: {
          name: 'streams';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'MediaStream'; ofType: null };
              };
            };
          };
        };
        summary: { name: 'summary'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        tagDetails: {
          name: 'tagDetails';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CallTag'; ofType: null };
              };
            };
          };
        };
        tags: {
          name: 'tags';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'SCALAR'; name: 'String'; ofType: null };
              };
            };
          };
        };
        to: { name: 'to'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        transcriptText: {
          name: 'transcriptText';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        transcription: {
          name: 'transcription';
          type: { kind: 'OBJECT'; name: 'Transcription'; ofType: null };
        };
        utterances: {
          name: 'utterances';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'UtteranceConnection'; ofType: null };
          };
        };
        viewers: {
          name: 'viewers';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CallPresence'; ofType: null };
              };
            };
          };
        };
        waveform: {
          name: 'waveform';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'PartyWaveform'; ofType: null };
              };
            };
          };
        };
      };
    };
    CallAnnotated: {
      kind: 'OBJECT';
      name: 'CallAnnotated';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        note: { name: 'note'; type: { kind: 'OBJECT'; name: 'Note'; ofType: null } };
        tagsAdded: {
          name: 'tagsAdded';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'SCALAR'; name: 'String'; ofType: null };
              };
            };
          };
        };
        tagsRemoved: {
          name: 'tagsRemoved';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'SCALAR'; name: 'String'; ofType: null };
              };
            };
          };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallConnection: {
      kind: 'OBJECT';
      name: 'CallConnection';
      fields: {
        edges: {
          name: 'edges';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CallEdge'; ofType: null };
              };
            };
          };
        };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null };
              };
            };
          };
        };
        pageInfo: {
          name: 'pageInfo';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } };
        };
        totalCount: {
          name: 'totalCount';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
      };
    };
    CallDirection: { name: 'CallDirection'; enumValues: 'INBOUND' | 'OUTBOUND' | 'WEB' };
    CallEdge: {
      kind: 'OBJECT';
      name: 'CallEdge';
      fields: {
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        node: {
          name: 'node';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
      };
    };
    CallEnd: {
      kind: 'OBJECT';
      name: 'CallEnd';
      fields: {
        category: {
          name: 'category';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'EndCategory'; ofType: null };
          };
        };
        code: { name: 'code'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        message: { name: 'message'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
      };
    };
    CallEnded: {
      kind: 'OBJECT';
      name: 'CallEnded';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        end: {
          name: 'end';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'CallEnd'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallEvent: {
      kind: 'INTERFACE';
      name: 'CallEvent';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
      possibleTypes:
        | 'AssistantChanged'
        | 'CallAnnotated'
        | 'CallEnded'
        | 'CallHoldChanged'
        | 'CallNotice'
        | 'CallReported'
        | 'CallStarted'
        | 'CallStatusChanged'
        | 'CallUpdated'
        | 'CallWatched'
        | 'CaptureChanged'
        | 'CommandChanged'
        | 'DtmfReceived'
        | 'ListeningChanged'
        | 'RecordingChanged'
        | 'SpeechChanged'
        | 'StreamChanged'
        | 'TranscriptionChanged'
        | 'TransferStarted'
        | 'UtteranceFinalized'
        | 'UtteranceRevised';
    };
    CallEventConnection: {
      kind: 'OBJECT';
      name: 'CallEventConnection';
      fields: {
        edges: {
          name: 'edges';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CallEventEdge'; ofType: null };
              };
            };
          };
        };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'INTERFACE'; name: 'CallEvent'; ofType: null };
              };
            };
          };
        };
        pageInfo: {
          name: 'pageInfo';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } };
        };
      };
    };
    CallEventEdge: {
      kind: 'OBJECT';
      name: 'CallEventEdge';
      fields: {
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        node: {
          name: 'node';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'INTERFACE'; name: 'CallEvent'; ofType: null };
          };
        };
      };
    };
    CallEventType: {
      name: 'CallEventType';
      enumValues:
        | 'ASSISTANT_CHANGED'
        | 'CALL_ANNOTATED'
        | 'CALL_ENDED'
        | 'CALL_HOLD_CHANGED'
        | 'CALL_NOTICE'
        | 'CALL_REPORTED'
        | 'CALL_STARTED'
        | 'CALL_STATUS_CHANGED'
        | 'CALL_UPDATED'
        | 'CALL_WATCHED'
        | 'CAPTURE_CHANGED'
        | 'COMMAND_CHANGED'
        | 'DTMF_RECEIVED'
        | 'LISTENING_STARTED'
        | 'LISTENING_STOPPED'
        | 'RECORDING_STARTED'
        | 'RECORDING_STOPPED'
        | 'SPEECH_STARTED'
        | 'SPEECH_STOPPED'
        | 'STREAM_STARTED'
        | 'STREAM_STOPPED'
        | 'TRANSCRIPTION_CHANGED'
        | 'TRANSFER_STARTED'
        | 'UTTERANCE_FINALIZED'
        | 'UTTERANCE_REVISED';
    };
    CallFilter: {
      kind: 'INPUT_OBJECT';
      name: 'CallFilter';
      isOneOf: false;
      inputFields: [
        {
          name: 'createdAfter';
          type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null };
          defaultValue: null;
        },
        {
          name: 'createdBefore';
          type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null };
          defaultValue: null;
        },
        {
          name: 'directions';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'ENUM'; name: 'CallDirection'; ofType: null };
            };
          };
          defaultValue: null;
        },
        {
          name: 'endCategories';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'ENUM'; name: 'EndCategory'; ofType: null };
            };
          };
          defaultValue: null;
        },
        { name: 'held'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
        { name: 'live'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: null },
        { name: 'maxDurationMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
        { name: 'minDurationMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
        { name: 'number'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        { name: 'numberIs'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        {
          name: 'providerIds';
          type: {
            kind: 'LIST';
            name: never;
            ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          };
          defaultValue: null;
        },
        { name: 'said'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        {
          name: 'statuses';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'ENUM'; name: 'CallStatus'; ofType: null };
            };
          };
          defaultValue: null;
        },
        {
          name: 'tags';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'SCALAR'; name: 'String'; ofType: null };
            };
          };
          defaultValue: null;
        },
      ];
    };
    CallHold: {
      kind: 'OBJECT';
      name: 'CallHold';
      fields: {
        by: {
          name: 'by';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        since: {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
      };
    };
    CallHoldChanged: {
      kind: 'OBJECT';
      name: 'CallHoldChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        held: {
          name: 'held';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallInput: {
      kind: 'INPUT_OBJECT';
      name: 'CallInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
      ];
    };
    CallLevels: {
      kind: 'OBJECT';
      name: 'CallLevels';
      fields: {
        callId: {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        parties: {
          name: 'parties';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'PartyLevel'; ofType: null };
              };
            };
          };
        };
      };
    };
    CallNotice: {
      kind: 'OBJECT';
      name: 'CallNotice';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        code: {
          name: 'code';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        message: {
          name: 'message';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallOrder: {
      kind: 'INPUT_OBJECT';
      name: 'CallOrder';
      isOneOf: false;
      inputFields: [
        {
          name: 'direction';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'OrderDirection'; ofType: null };
          };
          defaultValue: null;
        },
        {
          name: 'field';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallOrderField'; ofType: null };
          };
          defaultValue: null;
        },
      ];
    };
    CallOrderField: { name: 'CallOrderField'; enumValues: 'CREATED_AT' | 'DURATION' | 'ENDED_AT' };
    CallPresence: {
      kind: 'OBJECT';
      name: 'CallPresence';
      fields: {
        name: {
          name: 'name';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        since: {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
      };
    };
    CallReported: {
      kind: 'OBJECT';
      name: 'CallReported';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallStarted: {
      kind: 'OBJECT';
      name: 'CallStarted';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallStats: {
      kind: 'OBJECT';
      name: 'CallStats';
      fields: {
        averageDurationMs: {
          name: 'averageDurationMs';
          type: { kind: 'SCALAR'; name: 'Float'; ofType: null };
        };
        byEndCategory: {
          name: 'byEndCategory';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'EndCategoryCount'; ofType: null };
              };
            };
          };
        };
        byProvider: {
          name: 'byProvider';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'ProviderCount'; ofType: null };
              };
            };
          };
        };
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        costs: {
          name: 'costs';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Money'; ofType: null };
              };
            };
          };
        };
        durationPercentiles: {
          name: 'durationPercentiles';
          type: { kind: 'OBJECT'; name: 'DurationPercentiles'; ofType: null };
        };
        live: {
          name: 'live';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        series: {
          name: 'series';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'StatsPoint'; ofType: null };
              };
            };
          };
        };
        splitSeries: {
          name: 'splitSeries';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'StatsSeries'; ofType: null };
              };
            };
          };
        };
        totalDurationMs: {
          name: 'totalDurationMs';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
      };
    };
    CallStatus: {
      name: 'CallStatus';
      enumValues: 'ENDED' | 'FORWARDING' | 'IN_PROGRESS' | 'QUEUED' | 'RINGING';
    };
    CallStatusChanged: {
      kind: 'OBJECT';
      name: 'CallStatusChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        status: {
          name: 'status';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'CallStatus'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallTag: {
      kind: 'OBJECT';
      name: 'CallTag';
      fields: {
        addedAt: { name: 'addedAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        addedBy: { name: 'addedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        tag: {
          name: 'tag';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    CallUpdated: {
      kind: 'OBJECT';
      name: 'CallUpdated';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CallWatched: {
      kind: 'OBJECT';
      name: 'CallWatched';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    Capability: {
      name: 'Capability';
      enumValues:
        | 'ADD_MESSAGE'
        | 'CLEAR_AUDIO'
        | 'END_CALL'
        | 'HANDOFF'
        | 'LISTEN'
        | 'MUTE_ASSISTANT'
        | 'MUTE_CUSTOMER'
        | 'PLACE_CALL'
        | 'PLAY_AUDIO'
        | 'SAY'
        | 'SAY_FIRST_MESSAGE'
        | 'SEND_DTMF'
        | 'TRANSFER';
    };
    CaptureChanged: {
      kind: 'OBJECT';
      name: 'CaptureChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        pausedParts: {
          name: 'pausedParts';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'CapturePart'; ofType: null };
              };
            };
          };
        };
        reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
        until: { name: 'until'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
      };
    };
    CapturePart: { name: 'CapturePart'; enumValues: 'LISTENING' | 'RECORDING' | 'TRANSCRIPTION' };
    CapturePause: {
      kind: 'OBJECT';
      name: 'CapturePause';
      fields: {
        by: {
          name: 'by';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        parts: {
          name: 'parts';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'CapturePart'; ofType: null };
              };
            };
          };
        };
        reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        since: {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        until: {
          name: 'until';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
      };
    };
    Command: {
      kind: 'OBJECT';
      name: 'Command';
      fields: {
        arguments: {
          name: 'arguments';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'JSON'; ofType: null } };
        };
        call: { name: 'call'; type: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        failure: { name: 'failure'; type: { kind: 'OBJECT'; name: 'Failure'; ofType: null } };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        kind: {
          name: 'kind';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CommandKind'; ofType: null };
          };
        };
        requestedAt: {
          name: 'requestedAt';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        requestedBy: {
          name: 'requestedBy';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        settledAt: { name: 'settledAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        status: {
          name: 'status';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CommandStatus'; ofType: null };
          };
        };
      };
    };
    CommandChanged: {
      kind: 'OBJECT';
      name: 'CommandChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        command: {
          name: 'command';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Command'; ofType: null } };
        };
        commandStatus: {
          name: 'commandStatus';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CommandStatus'; ofType: null };
          };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    CommandConnection: {
      kind: 'OBJECT';
      name: 'CommandConnection';
      fields: {
        edges: {
          name: 'edges';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'CommandEdge'; ofType: null };
              };
            };
          };
        };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Command'; ofType: null };
              };
            };
          };
        };
        pageInfo: {
          name: 'pageInfo';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } };
        };
      };
    };
    CommandEdge: {
      kind: 'OBJECT';
      name: 'CommandEdge';
      fields: {
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        node: {
          name: 'node';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Command'; ofType: null } };
        };
      };
    };
    CommandKind: {
      name: 'CommandKind';
      enumValues:
        | 'ADD_MESSAGE'
        | 'CLEAR_AUDIO'
        | 'END_CALL'
        | 'HANDOFF'
        | 'MUTE'
        | 'PAUSE_CAPTURE'
        | 'PLACE_CALL'
        | 'PLAY_AUDIO'
        | 'RESUME_CAPTURE'
        | 'SAY'
        | 'SAY_FIRST_MESSAGE'
        | 'SEND_DTMF'
        | 'TRANSFER'
        | 'UNMUTE';
    };
    CommandPayload: {
      kind: 'OBJECT';
      name: 'CommandPayload';
      fields: {
        call: { name: 'call'; type: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        command: { name: 'command'; type: { kind: 'OBJECT'; name: 'Command'; ofType: null } };
        failure: { name: 'failure'; type: { kind: 'OBJECT'; name: 'Failure'; ofType: null } };
      };
    };
    CommandStatus: {
      name: 'CommandStatus';
      enumValues: 'ACCEPTED' | 'CONFIRMED' | 'REFUSED' | 'REQUESTED' | 'UNKNOWN';
    };
    CreateTokenInput: {
      kind: 'INPUT_OBJECT';
      name: 'CreateTokenInput';
      isOneOf: false;
      inputFields: [
        { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null }; defaultValue: null },
        {
          name: 'name';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'scopes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Scope'; ofType: null };
              };
            };
          };
          defaultValue: null;
        },
      ];
    };
    CreateTokenPayload: {
      kind: 'OBJECT';
      name: 'CreateTokenPayload';
      fields: {
        accessToken: {
          name: 'accessToken';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'AccessToken'; ofType: null };
          };
        };
        token: {
          name: 'token';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    Cursor: unknown;
    DateTime: unknown;
    DtmfReceived: {
      kind: 'OBJECT';
      name: 'DtmfReceived';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        digits: {
          name: 'digits';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    DurationPercentiles: {
      kind: 'OBJECT';
      name: 'DurationPercentiles';
      fields: {
        p50Ms: {
          name: 'p50Ms';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        p90Ms: {
          name: 'p90Ms';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        p95Ms: {
          name: 'p95Ms';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
      };
    };
    EndCategory: {
      name: 'EndCategory';
      enumValues:
        | 'ASSISTANT_ENDED'
        | 'BUSY'
        | 'CONFIGURATION'
        | 'CUSTOMER_ENDED'
        | 'FORWARDED'
        | 'LIMIT_REACHED'
        | 'MEDIA_LOST'
        | 'NO_ANSWER'
        | 'OPERATOR_ENDED'
        | 'PROVIDER_FAULT'
        | 'REJECTED'
        | 'UNKNOWN';
    };
    EndCategoryCount: {
      kind: 'OBJECT';
      name: 'EndCategoryCount';
      fields: {
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        category: {
          name: 'category';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'EndCategory'; ofType: null };
          };
        };
      };
    };
    EraseNumberPayload: {
      kind: 'OBJECT';
      name: 'EraseNumberPayload';
      fields: {
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        commands: {
          name: 'commands';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        held: {
          name: 'held';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
            };
          };
        };
        live: {
          name: 'live';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
            };
          };
        };
        status: {
          name: 'status';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'EraseNumberStatus'; ofType: null };
          };
        };
      };
    };
    EraseNumberStatus: { name: 'EraseNumberStatus'; enumValues: 'ERASED' | 'MORE' | 'NOT_FOUND' | 'PENDING' };
    ErasePayload: {
      kind: 'OBJECT';
      name: 'ErasePayload';
      fields: {
        status: {
          name: 'status';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'ErasureStatus'; ofType: null };
          };
        };
      };
    };
    ErasureStatus: { name: 'ErasureStatus'; enumValues: 'ERASED' | 'NOT_FOUND' | 'PENDING' };
    Failure: {
      kind: 'OBJECT';
      name: 'Failure';
      fields: {
        argument: { name: 'argument'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        code: {
          name: 'code';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'FailureCode'; ofType: null };
          };
        };
        message: {
          name: 'message';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        retryable: {
          name: 'retryable';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
      };
    };
    FailureCode: {
      name: 'FailureCode';
      enumValues:
        | 'CALL_NOT_FOUND'
        | 'CALL_NOT_LIVE'
        | 'CAPABILITY_MISSING'
        | 'DAEMON_DRAINING'
        | 'IDEMPOTENCY_CONFLICT'
        | 'PROVIDER_NOT_RUNNING'
        | 'PROVIDER_RATE_LIMITED'
        | 'PROVIDER_REFUSED'
        | 'PROVIDER_TIMEOUT'
        | 'PROVIDER_UNREACHABLE';
    };
    HandoffInput: {
      kind: 'INPUT_OBJECT';
      name: 'HandoffInput';
      isOneOf: false;
      inputFields: [
        { name: 'assistant'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null }; defaultValue: null },
        { name: 'assistantId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        { name: 'content'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        { name: 'providerOptions'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null }; defaultValue: null },
        { name: 'streamUrl'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      ];
    };
    JSON: unknown;
    ListeningChanged: {
      kind: 'OBJECT';
      name: 'ListeningChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: {
          name: 'by';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        listenerId: {
          name: 'listenerId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        since: {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    LiveCallChanged: {
      kind: 'OBJECT';
      name: 'LiveCallChanged';
      fields: {
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
      };
    };
    LiveCallsSnapshot: {
      kind: 'OBJECT';
      name: 'LiveCallsSnapshot';
      fields: {
        calls: {
          name: 'calls';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null };
              };
            };
          };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
      };
    };
    LiveCallsUpdate: {
      kind: 'UNION';
      name: 'LiveCallsUpdate';
      fields: {};
      possibleTypes: 'LiveCallChanged' | 'LiveCallsSnapshot';
    };
    MediaStream: {
      kind: 'OBJECT';
      name: 'MediaStream';
      fields: {
        bytes: {
          name: 'bytes';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        encoding: {
          name: 'encoding';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        endReason: { name: 'endReason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        endedAt: { name: 'endedAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        frames: {
          name: 'frames';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        listeningLostMs: {
          name: 'listeningLostMs';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        missingFrames: {
          name: 'missingFrames';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        parties: {
          name: 'parties';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Party'; ofType: null };
              };
            };
          };
        };
        providerStreamId: {
          name: 'providerStreamId';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
        };
        recordingLostMs: {
          name: 'recordingLostMs';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        sampleRate: {
          name: 'sampleRate';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        startedAt: {
          name: 'startedAt';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        transcriptLostMs: {
          name: 'transcriptLostMs';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
      };
    };
    MessageRole: { name: 'MessageRole'; enumValues: 'ASSISTANT' | 'SYSTEM' | 'USER' };
    Money: {
      kind: 'OBJECT';
      name: 'Money';
      fields: {
        amount: {
          name: 'amount';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        currency: {
          name: 'currency';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    Mutation: {
      kind: 'OBJECT';
      name: 'Mutation';
      fields: {
        addMessage: {
          name: 'addMessage';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        addNote: {
          name: 'addNote';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Note'; ofType: null } };
        };
        addUtterance: {
          name: 'addUtterance';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
          };
        };
        backfill: {
          name: 'backfill';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Backfill'; ofType: null } };
        };
        clearAudio: {
          name: 'clearAudio';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        createToken: {
          name: 'createToken';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CreateTokenPayload'; ofType: null };
          };
        };
        deleteCall: {
          name: 'deleteCall';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        endCall: {
          name: 'endCall';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        eraseCall: {
          name: 'eraseCall';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'ErasePayload'; ofType: null };
          };
        };
        eraseCommand: {
          name: 'eraseCommand';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'ErasePayload'; ofType: null };
          };
        };
        eraseNumber: {
          name: 'eraseNumber';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'EraseNumberPayload'; ofType: null };
          };
        };
        handoff: {
          name: 'handoff';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        mute: {
          name: 'mute';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        pauseCapture: {
          name: 'pauseCapture';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        placeCall: {
          name: 'placeCall';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        placeHold: {
          name: 'placeHold';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        playAudio: {
          name: 'playAudio';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        releaseHold: {
          name: 'releaseHold';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        resumeCapture: {
          name: 'resumeCapture';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        revokeToken: {
          name: 'revokeToken';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'AccessToken'; ofType: null };
          };
        };
        say: {
          name: 'say';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        sayFirstMessage: {
          name: 'sayFirstMessage';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        sendDtmf: {
          name: 'sendDtmf';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        tagCall: {
          name: 'tagCall';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        transcribe: {
          name: 'transcribe';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        transfer: {
          name: 'transfer';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        unmute: {
          name: 'unmute';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CommandPayload'; ofType: null };
          };
        };
        watchCall: {
          name: 'watchCall';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'WatchCallPayload'; ofType: null };
          };
        };
      };
    };
    MuteInput: {
      kind: 'INPUT_OBJECT';
      name: 'MuteInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        {
          name: 'party';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'Party'; ofType: null } };
          defaultValue: string;
        },
      ];
    };
    Node: {
      kind: 'INTERFACE';
      name: 'Node';
      fields: {
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
      };
      possibleTypes: 'Call' | 'Command' | 'Provider' | 'Utterance';
    };
    Note: {
      kind: 'OBJECT';
      name: 'Note';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        author: { name: 'author'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        offsetMs: { name: 'offsetMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        text: {
          name: 'text';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    OrderDirection: { name: 'OrderDirection'; enumValues: 'ASC' | 'DESC' };
    PageInfo: {
      kind: 'OBJECT';
      name: 'PageInfo';
      fields: {
        endCursor: { name: 'endCursor'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        hasNextPage: {
          name: 'hasNextPage';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        hasPreviousPage: {
          name: 'hasPreviousPage';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        startCursor: { name: 'startCursor'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
      };
    };
    Party: { name: 'Party'; enumValues: 'ASSISTANT' | 'CUSTOMER' | 'UNKNOWN' };
    PartyLevel: {
      kind: 'OBJECT';
      name: 'PartyLevel';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        party: {
          name: 'party';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'Party'; ofType: null } };
        };
        peakDb: {
          name: 'peakDb';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        rmsDb: {
          name: 'rmsDb';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        speaking: {
          name: 'speaking';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
      };
    };
    PartyWaveform: {
      kind: 'OBJECT';
      name: 'PartyWaveform';
      fields: {
        party: {
          name: 'party';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'Party'; ofType: null } };
        };
        peaksDb: {
          name: 'peaksDb';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null };
              };
            };
          };
        };
      };
    };
    PauseCaptureInput: {
      kind: 'INPUT_OBJECT';
      name: 'PauseCaptureInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        { name: 'maxSeconds'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null }; defaultValue: null },
        {
          name: 'parts';
          type: {
            kind: 'LIST';
            name: never;
            ofType: {
              kind: 'NON_NULL';
              name: never;
              ofType: { kind: 'ENUM'; name: 'CapturePart'; ofType: null };
            };
          };
          defaultValue: null;
        },
        { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      ];
    };
    PlaceCallInput: {
      kind: 'INPUT_OBJECT';
      name: 'PlaceCallInput';
      isOneOf: false;
      inputFields: [
        { name: 'assistantId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        { name: 'from'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        {
          name: 'providerId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        { name: 'providerOptions'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null }; defaultValue: null },
        { name: 'to'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      ];
    };
    PlayAudioInput: {
      kind: 'INPUT_OBJECT';
      name: 'PlayAudioInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        {
          name: 'url';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
      ];
    };
    Provider: {
      kind: 'OBJECT';
      name: 'Provider';
      fields: {
        capabilities: {
          name: 'capabilities';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Capability'; ofType: null };
              };
            };
          };
        };
        displayName: {
          name: 'displayName';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        failedRequests: {
          name: 'failedRequests';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        lastEventAt: { name: 'lastEventAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        lastRejectedWebhookAt: {
          name: 'lastRejectedWebhookAt';
          type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null };
        };
        lastWebhookAt: { name: 'lastWebhookAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        liveCallCount: {
          name: 'liveCallCount';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        notices: {
          name: 'notices';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'ProviderNotice'; ofType: null };
              };
            };
          };
        };
        plugin: {
          name: 'plugin';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        recentRequests: {
          name: 'recentRequests';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'ProviderRequest'; ofType: null };
              };
            };
          };
        };
        rejectedEvents: {
          name: 'rejectedEvents';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        rejectedWebhooks: {
          name: 'rejectedWebhooks';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        state: {
          name: 'state';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'ProviderState'; ofType: null };
          };
        };
        stateMessage: { name: 'stateMessage'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        webhookUrls: {
          name: 'webhookUrls';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'WebhookUrl'; ofType: null };
              };
            };
          };
        };
      };
    };
    ProviderCount: {
      kind: 'OBJECT';
      name: 'ProviderCount';
      fields: {
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        provider: {
          name: 'provider';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Provider'; ofType: null } };
        };
      };
    };
    ProviderNotice: {
      kind: 'OBJECT';
      name: 'ProviderNotice';
      fields: {
        code: {
          name: 'code';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        count: {
          name: 'count';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        lastAt: { name: 'lastAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        message: {
          name: 'message';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    ProviderRequest: {
      kind: 'OBJECT';
      name: 'ProviderRequest';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        body: { name: 'body'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null } };
        bytes: { name: 'bytes'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        closeCode: { name: 'closeCode'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        code: { name: 'code'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        contentType: { name: 'contentType'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        direction: {
          name: 'direction';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'RequestDirection'; ofType: null };
          };
        };
        durationMs: { name: 'durationMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        kind: {
          name: 'kind';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'RequestKind'; ofType: null };
          };
        };
        messageType: { name: 'messageType'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        method: {
          name: 'method';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        path: {
          name: 'path';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        reason: { name: 'reason'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        remedy: { name: 'remedy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        status: { name: 'status'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
      };
    };
    ProviderState: {
      name: 'ProviderState';
      enumValues: 'DEGRADED' | 'FAILED' | 'RUNNING' | 'STARTING' | 'STOPPED';
    };
    Query: {
      kind: 'OBJECT';
      name: 'Query';
      fields: {
        auditLog: {
          name: 'auditLog';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'AuditEntryConnection'; ofType: null };
          };
        };
        backfills: {
          name: 'backfills';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Backfill'; ofType: null };
              };
            };
          };
        };
        call: { name: 'call'; type: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        callByProviderId: { name: 'callByProviderId'; type: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        callStats: {
          name: 'callStats';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CallStats'; ofType: null };
          };
        };
        calls: {
          name: 'calls';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'CallConnection'; ofType: null };
          };
        };
        command: { name: 'command'; type: { kind: 'OBJECT'; name: 'Command'; ofType: null } };
        erasurePending: {
          name: 'erasurePending';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        latestCursor: {
          name: 'latestCursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        node: { name: 'node'; type: { kind: 'INTERFACE'; name: 'Node'; ofType: null } };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'LIST'; name: never; ofType: { kind: 'INTERFACE'; name: 'Node'; ofType: null } };
          };
        };
        provider: { name: 'provider'; type: { kind: 'OBJECT'; name: 'Provider'; ofType: null } };
        providers: {
          name: 'providers';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Provider'; ofType: null };
              };
            };
          };
        };
        retention: {
          name: 'retention';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'RetentionStatus'; ofType: null };
          };
        };
        searchTranscripts: {
          name: 'searchTranscripts';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'TranscriptMatchConnection'; ofType: null };
          };
        };
        tokens: {
          name: 'tokens';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'AccessToken'; ofType: null };
              };
            };
          };
        };
        transcribers: {
          name: 'transcribers';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Transcriber'; ofType: null };
              };
            };
          };
        };
        viewer: {
          name: 'viewer';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Viewer'; ofType: null } };
        };
      };
    };
    Recording: {
      kind: 'OBJECT';
      name: 'Recording';
      fields: {
        bytes: {
          name: 'bytes';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        channels: {
          name: 'channels';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        durationMs: {
          name: 'durationMs';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        sampleRate: {
          name: 'sampleRate';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        signedUrl: {
          name: 'signedUrl';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'SignedUrl'; ofType: null };
          };
        };
        startedAt: {
          name: 'startedAt';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        state: {
          name: 'state';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'RecordingState'; ofType: null };
          };
        };
        storedBytes: { name: 'storedBytes'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        storedFormat: { name: 'storedFormat'; type: { kind: 'ENUM'; name: 'RecordingFormat'; ofType: null } };
        url: {
          name: 'url';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    RecordingChanged: {
      kind: 'OBJECT';
      name: 'RecordingChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        recording: { name: 'recording'; type: { kind: 'OBJECT'; name: 'Recording'; ofType: null } };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    RecordingFormat: { name: 'RecordingFormat'; enumValues: 'FLAC' | 'WAV' };
    RecordingState: { name: 'RecordingState'; enumValues: 'COMPLETE' | 'FAILED' | 'RECORDING' };
    RequestDirection: { name: 'RequestDirection'; enumValues: 'RECEIVED' | 'SENT' };
    RequestKind: { name: 'RequestKind'; enumValues: 'REQUEST' | 'SOCKET' };
    ResumeCaptureInput: {
      kind: 'INPUT_OBJECT';
      name: 'ResumeCaptureInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
      ];
    };
    RetentionKind: {
      name: 'RetentionKind';
      enumValues: 'CALLS' | 'EVENTS' | 'NOTES' | 'RECORDING' | 'TRANSCRIPT';
    };
    RetentionRule: {
      kind: 'OBJECT';
      name: 'RetentionRule';
      fields: {
        backlog: {
          name: 'backlog';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        cutoff: {
          name: 'cutoff';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        days: {
          name: 'days';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        kind: {
          name: 'kind';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'RetentionKind'; ofType: null };
          };
        };
        providerIds: {
          name: 'providerIds';
          type: {
            kind: 'LIST';
            name: never;
            ofType: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          };
        };
        removedCalls: {
          name: 'removedCalls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        removedRows: {
          name: 'removedRows';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
      };
    };
    RetentionStatus: {
      kind: 'OBJECT';
      name: 'RetentionStatus';
      fields: {
        freeBytes: { name: 'freeBytes'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        missingBytes: {
          name: 'missingBytes';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        recordingBytes: {
          name: 'recordingBytes';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
        removedRecordings: {
          name: 'removedRecordings';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        rules: {
          name: 'rules';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'RetentionRule'; ofType: null };
              };
            };
          };
        };
      };
    };
    SayInput: {
      kind: 'INPUT_OBJECT';
      name: 'SayInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'content';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'endCallAfterSpoken';
          type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null };
          defaultValue: string;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        { name: 'interrupt'; type: { kind: 'SCALAR'; name: 'Boolean'; ofType: null }; defaultValue: string },
      ];
    };
    Scope: { name: 'Scope'; enumValues: 'ADMIN' | 'CONTROL' | 'LISTEN' | 'MASKED_NUMBERS' | 'READ' };
    SendDtmfInput: {
      kind: 'INPUT_OBJECT';
      name: 'SendDtmfInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'digits';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
      ];
    };
    SignedUrl: {
      kind: 'OBJECT';
      name: 'SignedUrl';
      fields: {
        expiresAt: {
          name: 'expiresAt';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        url: {
          name: 'url';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    SpeechChanged: {
      kind: 'OBJECT';
      name: 'SpeechChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        party: {
          name: 'party';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'Party'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    StatsBucket: { name: 'StatsBucket'; enumValues: 'DAY' | 'HOUR' | 'MONTH' | 'WEEK' };
    StatsDimension: { name: 'StatsDimension'; enumValues: 'DIRECTION' | 'END_CATEGORY' | 'PROVIDER' };
    StatsPoint: {
      kind: 'OBJECT';
      name: 'StatsPoint';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        totalDurationMs: {
          name: 'totalDurationMs';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        };
      };
    };
    StatsSeries: {
      kind: 'OBJECT';
      name: 'StatsSeries';
      fields: {
        calls: {
          name: 'calls';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
        key: { name: 'key'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        points: {
          name: 'points';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'StatsPoint'; ofType: null };
              };
            };
          };
        };
      };
    };
    StreamChanged: {
      kind: 'OBJECT';
      name: 'StreamChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        stream: {
          name: 'stream';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'MediaStream'; ofType: null };
          };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    Subscription: {
      kind: 'OBJECT';
      name: 'Subscription';
      fields: {
        audioLevels: {
          name: 'audioLevels';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'AudioLevels'; ofType: null };
          };
        };
        callEvents: {
          name: 'callEvents';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'INTERFACE'; name: 'CallEvent'; ofType: null };
          };
        };
        liveCalls: {
          name: 'liveCalls';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'UNION'; name: 'LiveCallsUpdate'; ofType: null };
          };
        };
        transcript: {
          name: 'transcript';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'TranscriptUpdate'; ofType: null };
          };
        };
      };
    };
    Transcriber: {
      kind: 'OBJECT';
      name: 'Transcriber';
      fields: {
        displayName: {
          name: 'displayName';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        plugin: {
          name: 'plugin';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        state: {
          name: 'state';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'ProviderState'; ofType: null };
          };
        };
        stateMessage: { name: 'stateMessage'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
      };
    };
    TranscriptMatch: {
      kind: 'OBJECT';
      name: 'TranscriptMatch';
      fields: {
        snippet: {
          name: 'snippet';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        utterance: {
          name: 'utterance';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
          };
        };
      };
    };
    TranscriptMatchConnection: {
      kind: 'OBJECT';
      name: 'TranscriptMatchConnection';
      fields: {
        edges: {
          name: 'edges';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'TranscriptMatchEdge'; ofType: null };
              };
            };
          };
        };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'TranscriptMatch'; ofType: null };
              };
            };
          };
        };
        pageInfo: {
          name: 'pageInfo';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } };
        };
      };
    };
    TranscriptMatchEdge: {
      kind: 'OBJECT';
      name: 'TranscriptMatchEdge';
      fields: {
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        node: {
          name: 'node';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'TranscriptMatch'; ofType: null };
          };
        };
      };
    };
    TranscriptUpdate: {
      kind: 'OBJECT';
      name: 'TranscriptUpdate';
      fields: {
        cursor: { name: 'cursor'; type: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        utterance: {
          name: 'utterance';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
          };
        };
      };
    };
    Transcription: {
      kind: 'OBJECT';
      name: 'Transcription';
      fields: {
        code: { name: 'code'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        message: { name: 'message'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        since: {
          name: 'since';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        state: {
          name: 'state';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'TranscriptionState'; ofType: null };
          };
        };
        transcriber: {
          name: 'transcriber';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Transcriber'; ofType: null };
          };
        };
      };
    };
    TranscriptionChanged: {
      kind: 'OBJECT';
      name: 'TranscriptionChanged';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        transcription: {
          name: 'transcription';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Transcription'; ofType: null };
          };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    TranscriptionState: {
      name: 'TranscriptionState';
      enumValues: 'CONNECTING' | 'FAILED' | 'RECONNECTING' | 'STOPPED' | 'TRANSCRIBING';
    };
    TransferInput: {
      kind: 'INPUT_OBJECT';
      name: 'TransferInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'callId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
        { name: 'callerId'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        { name: 'content'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        { name: 'extension'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        {
          name: 'idempotencyKey';
          type: { kind: 'SCALAR'; name: 'String'; ofType: null };
          defaultValue: null;
        },
        { name: 'number'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
        { name: 'providerOptions'; type: { kind: 'SCALAR'; name: 'JSON'; ofType: null }; defaultValue: null },
        { name: 'sipUri'; type: { kind: 'SCALAR'; name: 'String'; ofType: null }; defaultValue: null },
      ];
    };
    TransferStarted: {
      kind: 'OBJECT';
      name: 'TransferStarted';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        destination: { name: 'destination'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
      };
    };
    Utterance: {
      kind: 'OBJECT';
      name: 'Utterance';
      fields: {
        addedBy: { name: 'addedBy'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        confidence: { name: 'confidence'; type: { kind: 'SCALAR'; name: 'Float'; ofType: null } };
        endMs: { name: 'endMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        id: {
          name: 'id';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
        };
        isFinal: {
          name: 'isFinal';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Boolean'; ofType: null } };
        };
        party: {
          name: 'party';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'ENUM'; name: 'Party'; ofType: null } };
        };
        startMs: { name: 'startMs'; type: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        text: {
          name: 'text';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
    UtteranceConnection: {
      kind: 'OBJECT';
      name: 'UtteranceConnection';
      fields: {
        edges: {
          name: 'edges';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'UtteranceEdge'; ofType: null };
              };
            };
          };
        };
        nodes: {
          name: 'nodes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
              };
            };
          };
        };
        pageInfo: {
          name: 'pageInfo';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'PageInfo'; ofType: null } };
        };
        totalCount: {
          name: 'totalCount';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Int'; ofType: null } };
        };
      };
    };
    UtteranceEdge: {
      kind: 'OBJECT';
      name: 'UtteranceEdge';
      fields: {
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        node: {
          name: 'node';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
          };
        };
      };
    };
    UtteranceFinalized: {
      kind: 'OBJECT';
      name: 'UtteranceFinalized';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
        utterance: {
          name: 'utterance';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
          };
        };
      };
    };
    UtteranceRevised: {
      kind: 'OBJECT';
      name: 'UtteranceRevised';
      fields: {
        at: {
          name: 'at';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        };
        by: { name: 'by'; type: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        call: {
          name: 'call';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        };
        cursor: {
          name: 'cursor';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'Cursor'; ofType: null } };
        };
        type: {
          name: 'type';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'ENUM'; name: 'CallEventType'; ofType: null };
          };
        };
        utterance: {
          name: 'utterance';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: { kind: 'OBJECT'; name: 'Utterance'; ofType: null };
          };
        };
      };
    };
    Viewer: {
      kind: 'OBJECT';
      name: 'Viewer';
      fields: {
        expiresAt: { name: 'expiresAt'; type: { kind: 'SCALAR'; name: 'DateTime'; ofType: null } };
        name: {
          name: 'name';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        scopes: {
          name: 'scopes';
          type: {
            kind: 'NON_NULL';
            name: never;
            ofType: {
              kind: 'LIST';
              name: never;
              ofType: {
                kind: 'NON_NULL';
                name: never;
                ofType: { kind: 'ENUM'; name: 'Scope'; ofType: null };
              };
            };
          };
        };
      };
    };
    WatchCallInput: {
      kind: 'INPUT_OBJECT';
      name: 'WatchCallInput';
      isOneOf: false;
      inputFields: [
        {
          name: 'providerCallId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
          defaultValue: null;
        },
        {
          name: 'providerId';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'ID'; ofType: null } };
          defaultValue: null;
        },
      ];
    };
    WatchCallPayload: {
      kind: 'OBJECT';
      name: 'WatchCallPayload';
      fields: {
        call: { name: 'call'; type: { kind: 'OBJECT'; name: 'Call'; ofType: null } };
        failure: { name: 'failure'; type: { kind: 'OBJECT'; name: 'Failure'; ofType: null } };
      };
    };
    WebhookUrl: {
      kind: 'OBJECT';
      name: 'WebhookUrl';
      fields: {
        setting: {
          name: 'setting';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
        url: {
          name: 'url';
          type: { kind: 'NON_NULL'; name: never; ofType: { kind: 'SCALAR'; name: 'String'; ofType: null } };
        };
      };
    };
  };
};
