/** The parts of Kubernetes' own messages that clients write, with their field numbers; those of a group are inside a message of its name. */
export const PROTOBUF_SCHEMA = `
  syntax = "proto3";
  message TypeMeta { string apiVersion = 1; string kind = 2; }
  message Unknown { TypeMeta typeMeta = 1; bytes raw = 2; }
  message Time { int64 seconds = 1; int32 nanos = 2; }
  message MicroTime { int64 seconds = 1; int32 nanos = 2; }
  message OwnerReference {
    string kind = 1; string name = 3; string uid = 4; string apiVersion = 5;
    optional bool controller = 6; optional bool blockOwnerDeletion = 7;
  }
  message ObjectMeta {
    string name = 1; string generateName = 2; string namespace = 3; string uid = 5; string resourceVersion = 6;
    Time creationTimestamp = 8; Time deletionTimestamp = 9;
    map<string, string> labels = 11; map<string, string> annotations = 12;
    repeated OwnerReference ownerReferences = 13; repeated string finalizers = 14;
  }

  message every {
    message Preconditions { optional string uid = 1; optional string resourceVersion = 2; }
    message DeleteOptions {
      optional int64 gracePeriodSeconds = 1; Preconditions preconditions = 2; optional bool orphanDependents = 3;
      optional string propagationPolicy = 4; repeated string dryRun = 5;
    }
  }

  message core {
    message Secret {
      ObjectMeta metadata = 1; map<string, bytes> data = 2; string type = 3; map<string, string> stringData = 4;
      optional bool immutable = 5;
    }
    message ConfigMap {
      ObjectMeta metadata = 1; map<string, string> data = 2; map<string, bytes> binaryData = 3; optional bool immutable = 4;
    }
    message Namespace { ObjectMeta metadata = 1; }
    message ObjectReference {
      string kind = 1; string namespace = 2; string name = 3; string uid = 4; string apiVersion = 5;
      string resourceVersion = 6; string fieldPath = 7;
    }
    message EventSource { string component = 1; string host = 2; }
    message EventSeries { int32 count = 1; MicroTime lastObservedTime = 2; }
    message Event {
      ObjectMeta metadata = 1; ObjectReference involvedObject = 2; string reason = 3; string message = 4;
      EventSource source = 5; Time firstTimestamp = 6; Time lastTimestamp = 7; int32 count = 8; string type = 9;
      MicroTime eventTime = 10; EventSeries series = 11; string action = 12; ObjectReference related = 13;
      string reportingComponent = 14; string reportingInstance = 15;
    }
  }

  message authorization {
    message ResourceAttributes {
      string namespace = 1; string verb = 2; string group = 3; string version = 4; string resource = 5;
      string subresource = 6; string name = 7;
    }
    message NonResourceAttributes { string path = 1; string verb = 2; }
    message SelfSubjectAccessReviewSpec {
      ResourceAttributes resourceAttributes = 1; NonResourceAttributes nonResourceAttributes = 2;
    }
    message SelfSubjectAccessReview { ObjectMeta metadata = 1; SelfSubjectAccessReviewSpec spec = 2; }
    message SelfSubjectRulesReviewSpec { string namespace = 1; }
    message SelfSubjectRulesReview { ObjectMeta metadata = 1; SelfSubjectRulesReviewSpec spec = 2; }
  }

  message authentication {
    message SelfSubjectReview { ObjectMeta metadata = 1; }
  }
`;
