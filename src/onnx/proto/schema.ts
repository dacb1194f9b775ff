/**
 * The messages of ONNX that we read, as of IR version 13 (onnx/onnx.proto, Apache-2.0), field numbers as published.
 *
 * Written as an edition so that it means proto2 (presence, expanded lists) and yet refuses names that are not UTF-8:
 * they would come back changed. Messages we never look into are declared `bytes`, the same on the wire: like the
 * fields we do not declare they survive a round trip, and unlike those they also keep their place in it.
 */
export const schema = `
edition = "2023";
package onnx;
option features.repeated_field_encoding = EXPANDED;

message StringStringEntryProto { string key = 1; string value = 2; }
message OperatorSetIdProto { string domain = 1; int64 version = 2; }

message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  string producer_version = 3;
  string domain = 4;
  int64 model_version = 5;
  string doc_string = 6;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
  repeated bytes training_info = 20;
  repeated FunctionProto functions = 25;
  repeated bytes configuration = 26;
}

message FunctionProto {
  string name = 1;
  repeated string input = 4;
  repeated string output = 5;
  repeated string attribute = 6;
  repeated NodeProto node = 7;
  string doc_string = 8;
  repeated OperatorSetIdProto opset_import = 9;
  string domain = 10;
  repeated AttributeProto attribute_proto = 11;
  repeated ValueInfoProto value_info = 12;
  string overload = 13;
  repeated StringStringEntryProto metadata_props = 14;
}

message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  string doc_string = 10;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto value_info = 13;
  repeated bytes quantization_annotation = 14;
  repeated SparseTensorProto sparse_initializer = 15;
  repeated StringStringEntryProto metadata_props = 16;
}

message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
  string doc_string = 6;
  string domain = 7;
  string overload = 8;
  repeated StringStringEntryProto metadata_props = 9;
  repeated bytes device_configurations = 10;
}

message AttributeProto {
  string name = 1;
  float f = 2;
  int64 i = 3;
  bytes s = 4;
  TensorProto t = 5;
  GraphProto g = 6;
  repeated float floats = 7;
  repeated int64 ints = 8;
  repeated bytes strings = 9;
  repeated TensorProto tensors = 10;
  repeated GraphProto graphs = 11;
  string doc_string = 13;
  bytes tp = 14;
  repeated bytes type_protos = 15;
  int32 type = 20;
  string ref_attr_name = 21;
  SparseTensorProto sparse_tensor = 22;
  repeated SparseTensorProto sparse_tensors = 23;
}

message ValueInfoProto {
  string name = 1;
  TypeProto type = 2;
  string doc_string = 3;
  repeated StringStringEntryProto metadata_props = 4;
}

message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  oneof value {
    Tensor tensor_type = 1;
    bytes sequence_type = 4;
    bytes map_type = 5;
    bytes opaque_type = 7;
    bytes sparse_tensor_type = 8;
    bytes optional_type = 9;
  }
  string denotation = 6;
}

message TensorShapeProto {
  message Dimension {
    oneof value { int64 dim_value = 1; string dim_param = 2; }
    string denotation = 3;
  }
  repeated Dimension dim = 1;
}

message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  bytes segment = 3;
  repeated float float_data = 4 [features.repeated_field_encoding = PACKED];
  repeated int32 int32_data = 5 [features.repeated_field_encoding = PACKED];
  repeated bytes string_data = 6;
  repeated int64 int64_data = 7 [features.repeated_field_encoding = PACKED];
  string name = 8;
  bytes raw_data = 9;
  repeated double double_data = 10 [features.repeated_field_encoding = PACKED];
  repeated uint64 uint64_data = 11 [features.repeated_field_encoding = PACKED];
  string doc_string = 12;
  repeated StringStringEntryProto external_data = 13;
  int32 data_location = 14;
  repeated StringStringEntryProto metadata_props = 16;
}

message SparseTensorProto {
  TensorProto values = 1;
  TensorProto indices = 2;
  repeated int64 dims = 3;
}
`
