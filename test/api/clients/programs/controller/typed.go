package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// Typed clients, which speak protobuf where they are told to, as controllers do for kinds of the core.
var typedChecks = []check{
	{"typed ConfigMaps in protobuf", typedConfigMaps},
	{"typed Secrets in protobuf", typedSecrets},
	{"owner references in protobuf", ownerReferences},
	{"collections deleted in protobuf", deletedCollection},
	{"typed server-side apply", typedApply},
	{"metadata-only informer", metadataInformer},
}

var plans = schema.GroupVersionResource{Group: "migration.openshift.io", Version: "v1alpha1", Resource: "migplans"}

func typedClient(config *rest.Config) kubernetes.Interface {
	binary := rest.CopyConfig(config)
	binary.ContentType = "application/vnd.kubernetes.protobuf"
	binary.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return kubernetes.NewForConfigOrDie(binary)
}

func typedConfigMaps(ctx context.Context, config *rest.Config) error {
	maps := typedClient(config).CoreV1().ConfigMaps(namespace)
	object := &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "typed", Labels: map[string]string{"of": "typed"}},
		Data:       map[string]string{"a": "1"},
		BinaryData: map[string][]byte{"b": {0, 255}},
	}
	watch, err := maps.Watch(ctx, metav1.ListOptions{LabelSelector: "of=typed"})
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer watch.Stop()
	created, err := maps.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	created.Data["a"] = "2"
	updated, err := maps.Update(ctx, created, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	if _, err = maps.Update(ctx, created, metav1.UpdateOptions{}); !errors.IsConflict(err) {
		return fmt.Errorf("an update of an old state gives no conflict: %v", err)
	}
	list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "of=typed"})
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	options := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &updated.UID}}
	if err = maps.Delete(ctx, "typed", options); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	var seen []string
	for len(seen) < 3 {
		event, open := <-watch.ResultChan()
		if !open {
			return fmt.Errorf("the watch ended after %v", seen)
		}
		seen = append(seen, string(event.Type))
	}
	_, err = maps.Get(ctx, "typed", metav1.GetOptions{})
	return first(
		expect(len(list.Items) == 1 && list.Items[0].BinaryData["b"][1] == 255, "listed %v", list.Items),
		expect(fmt.Sprint(seen) == "[ADDED MODIFIED DELETED]", "watched %v", seen),
		expect(errors.IsNotFound(err), "it is still there: %v", err),
	)
}

func typedSecrets(ctx context.Context, config *rest.Config) error {
	secrets := typedClient(config).CoreV1().Secrets(namespace)
	object := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "typed"},
		StringData: map[string]string{"a": "planted-value"},
		Data:       map[string][]byte{"b": []byte("planted-value")},
	}
	created, err := secrets.Create(ctx, object, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	delete(created.Data, "b")
	updated, err := secrets.Update(ctx, created, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	if err = secrets.Delete(ctx, "typed", metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return first(
		expect(len(updated.Data) == 1, "%d keys are left, not one", len(updated.Data)),
		expect(string(updated.Data["a"]) != "planted-value", "the value came back"),
	)
}

func ownerReferences(ctx context.Context, config *rest.Config) error {
	maps := typedClient(config).CoreV1().ConfigMaps(namespace)
	yes := true
	owner := metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: "owner", Controller: &yes, BlockOwnerDeletion: &yes}
	parent, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "owner"}}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create the owner: %w", err)
	}
	owner.UID = parent.UID
	owned := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "owned", OwnerReferences: []metav1.OwnerReference{owner}}}
	created, err := maps.Create(ctx, owned, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	created.Data = map[string]string{"a": "1"}
	updated, err := maps.Update(ctx, created, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	return first(
		expect(metav1.IsControlledBy(created, parent), "created without its owner: %v", created.OwnerReferences),
		expect(metav1.IsControlledBy(updated, parent), "the update took its owner away: %v", updated.OwnerReferences),
		maps.Delete(ctx, "owner", metav1.DeleteOptions{}),
	)
}

func deletedCollection(ctx context.Context, config *rest.Config) error {
	maps := typedClient(config).CoreV1().ConfigMaps(namespace)
	selected := metav1.ListOptions{LabelSelector: "of=collection"}
	for _, name := range []string{"one", "two"} {
		object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"of": "collection"}}}
		if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("create: %w", err)
		}
	}
	if err := maps.DeleteCollection(ctx, metav1.DeleteOptions{}, selected); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	left, err := maps.List(ctx, selected)
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	return expect(len(left.Items) == 0, "%d are left", len(left.Items))
}

func typedApply(ctx context.Context, config *rest.Config) error {
	maps := typedClient(config).CoreV1().ConfigMaps(namespace)
	wanted := func(data map[string]string) *applycorev1.ConfigMapApplyConfiguration {
		return applycorev1.ConfigMap("applied", namespace).WithData(data)
	}
	if _, err := maps.Apply(ctx, wanted(map[string]string{"a": "1", "b": "2"}), metav1.ApplyOptions{FieldManager: "one"}); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	_, err := maps.Apply(ctx, wanted(map[string]string{"a": "other"}), metav1.ApplyOptions{FieldManager: "two"})
	if !errors.IsConflict(err) || !errors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict) {
		return fmt.Errorf("another manager's field gives no conflict: %v", err)
	}
	live, err := maps.Get(ctx, "applied", metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("get: %w", err)
	}
	extracted, err := applycorev1.ExtractConfigMap(live, "one")
	if err != nil {
		return fmt.Errorf("extract what was applied: %w", err)
	}
	pruned, err := maps.Apply(ctx, wanted(map[string]string{"b": "2"}), metav1.ApplyOptions{FieldManager: "one"})
	if err != nil {
		return fmt.Errorf("apply less: %w", err)
	}
	return first(
		expect(len(extracted.Data) == 2, "extracted %v", extracted.Data),
		expect(len(pruned.Data) == 1, "left %v", pruned.Data),
		maps.Delete(ctx, "applied", metav1.DeleteOptions{}),
	)
}

func metadataInformer(ctx context.Context, config *rest.Config) error {
	client := metadata.NewForConfigOrDie(config)
	informer := metadatainformer.NewFilteredMetadataInformer(client, plans, namespace, 0, cache.Indexers{}, nil).Informer()
	go informer.Run(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("the cache is never filled")
	}
	if err := createPlan(ctx, config, "watched-metadata"); err != nil {
		return err
	}
	has := func(label string) func() bool {
		return func() bool {
			item, found, _ := informer.GetStore().GetByKey(namespace + "/watched-metadata")
			return found && item.(*metav1.PartialObjectMetadata).Labels["seen"] == label
		}
	}
	if err := until(ctx, "the plan", has("")); err != nil {
		return err
	}
	patch := []byte(`{"metadata":{"labels":{"seen":"yes"}}}`)
	objects := client.Resource(plans).Namespace(namespace)
	if _, err := objects.Patch(ctx, "watched-metadata", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("patch: %w", err)
	}
	if err := until(ctx, "its label", has("yes")); err != nil {
		return err
	}
	if err := objects.Delete(ctx, "watched-metadata", metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return until(ctx, "its end", func() bool { return len(informer.GetStore().List()) == 0 })
}
