package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Controllers as they are written with controller-runtime, and what they are made of.
var controllerChecks = []check{
	{"dynamic informer", dynamicInformer},
	{"finalizer put on and taken off by Update", finalizers},
	{"applied by controller-runtime", runtimeApply},
	{"controller that owns what it makes", ownsWhatItMakes},
}

func planObject(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "migration.openshift.io/v1alpha1",
		"kind":       "MigPlan",
		"metadata":   map[string]any{"name": name, "namespace": namespace},
		"spec":       map[string]any{"namespaces": []any{"shop"}},
	}}
}

func createPlan(ctx context.Context, config *rest.Config, name string) error {
	_, err := dynamic.NewForConfigOrDie(config).Resource(plans).Namespace(namespace).
		Create(ctx, planObject(name), metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("create the plan: %w", err)
	}
	return nil
}

func dynamicInformer(ctx context.Context, config *rest.Config) error {
	objects := dynamic.NewForConfigOrDie(config)
	informer := dynamicinformer.NewFilteredDynamicInformer(objects, plans, namespace, 0, cache.Indexers{}, nil).Informer()
	go informer.Run(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("the cache is never filled")
	}
	if err := createPlan(ctx, config, "watched"); err != nil {
		return err
	}
	there := func() bool { return len(informer.GetStore().List()) == 1 }
	if err := until(ctx, "the plan", there); err != nil {
		return err
	}
	if err := objects.Resource(plans).Namespace(namespace).Delete(ctx, "watched", metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return until(ctx, "its end", func() bool { return !there() })
}

func finalizers(ctx context.Context, config *rest.Config) error {
	direct, err := client.New(config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		return err
	}
	const finalizer = "example.com/hold"
	for _, object := range []client.Object{
		planObject("held"),
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "held", Namespace: namespace}},
		&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "held", Namespace: namespace}},
	} {
		kind := object.GetObjectKind().GroupVersionKind().Kind
		controllerutil.AddFinalizer(object, finalizer)
		if err := direct.Create(ctx, object); err != nil {
			return fmt.Errorf("create %s: %w", kind, err)
		}
		if err := direct.Delete(ctx, object); err != nil {
			return fmt.Errorf("delete %s: %w", kind, err)
		}
		key := client.ObjectKeyFromObject(object)
		if err := direct.Get(ctx, key, object); err != nil || object.GetDeletionTimestamp() == nil {
			return fmt.Errorf("the finalizer does not hold %s: %v", kind, err)
		}
		controllerutil.RemoveFinalizer(object, finalizer)
		if err := direct.Update(ctx, object); err != nil {
			return fmt.Errorf("update %s: %w", kind, err)
		}
		if err := direct.Get(ctx, key, object); !errors.IsNotFound(err) {
			return fmt.Errorf("%T stays although its finalizer was taken off: %v", object, err)
		}
	}
	return nil
}

func runtimeApply(ctx context.Context, config *rest.Config) error {
	direct, err := client.New(config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		return err
	}
	owner := client.FieldOwner("controller")
	if err := direct.Apply(ctx, client.ApplyConfigurationFromUnstructured(planObject("applied")), owner); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	other := planObject("applied")
	_ = unstructured.SetNestedStringSlice(other.Object, []string{"other"}, "spec", "namespaces")
	config2 := client.ApplyConfigurationFromUnstructured(other)
	if err := direct.Apply(ctx, config2, client.FieldOwner("another")); !errors.IsConflict(err) {
		return fmt.Errorf("another manager's field gives no conflict: %v", err)
	}
	if err := direct.Apply(ctx, config2, client.FieldOwner("another"), client.ForceOwnership); err != nil {
		return fmt.Errorf("force: %w", err)
	}
	return direct.Delete(ctx, planObject("applied"))
}

// ownsWhatItMakes runs a manager: for each plan with a label its controller makes a ConfigMap, owned by the plan, and makes it again when it
// is deleted. It watches ConfigMaps by their metadata alone.
func ownsWhatItMakes(ctx context.Context, config *rest.Config) error {
	log.SetLogger(zap.New())
	running, err := manager.New(config, manager.Options{
		Scheme:  scheme.Scheme,
		Metrics: server.Options{BindAddress: "0"},
	})
	if err != nil {
		return fmt.Errorf("make the manager: %w", err)
	}
	reconciler := reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
		plan := planObject(request.Name)
		if err := running.GetClient().Get(ctx, request.NamespacedName, plan); err != nil {
			return reconcile.Result{}, client.IgnoreNotFound(err)
		}
		if plan.GetLabels()["made"] != "yes" {
			return reconcile.Result{}, nil
		}
		made := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "made", Namespace: namespace}}
		if err := controllerutil.SetControllerReference(plan, made, running.GetScheme()); err != nil {
			return reconcile.Result{}, err
		}
		err := running.GetClient().Create(ctx, made)
		return reconcile.Result{}, client.IgnoreAlreadyExists(err)
	})
	controller := builder.ControllerManagedBy(running).
		Named("plans").
		For(planObject("")).
		Owns(&corev1.ConfigMap{}, builder.OnlyMetadata)
	if err := controller.Complete(reconciler); err != nil {
		return fmt.Errorf("make the controller: %w", err)
	}
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- running.Start(stop) }()

	direct, err := client.New(config, client.Options{Scheme: scheme.Scheme})
	if err != nil {
		return err
	}
	plan := planObject("controlled")
	plan.SetLabels(map[string]string{"made": "yes"})
	if err := direct.Create(ctx, plan); err != nil {
		return fmt.Errorf("create the plan: %w", err)
	}
	made := &corev1.ConfigMap{}
	key := client.ObjectKey{Namespace: namespace, Name: "made"}
	there := func() bool { return direct.Get(ctx, key, made) == nil }
	if err := until(ctx, "the ConfigMap", there); err != nil {
		return err
	}
	former := made.GetUID()
	if err := expect(metav1.IsControlledBy(made, plan), "the plan does not own it: %v", made.OwnerReferences); err != nil {
		return err
	}
	if err := direct.Delete(ctx, made); err != nil {
		return fmt.Errorf("delete the ConfigMap: %w", err)
	}
	if err := until(ctx, "another one", func() bool { return there() && made.GetUID() != former }); err != nil {
		return err
	}
	cancel()
	return first(<-ended, direct.Delete(ctx, plan))
}
