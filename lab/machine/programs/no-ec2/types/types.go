// Package types has the types of the EC2 client that velero-plugin-for-aws names.
package types

type (
	VolumeType   string
	ResourceType string
)

const (
	ResourceTypeVolume   ResourceType = "volume"
	ResourceTypeSnapshot ResourceType = "snapshot"
)

type Tag struct{ Key, Value *string }

type TagSpecification struct {
	ResourceType ResourceType
	Tags         []Tag
}

type Volume struct {
	VolumeType VolumeType
	Iops       *int32
	Tags       []Tag
}

type Snapshot struct {
	Encrypted *bool
	Tags      []Tag
}
