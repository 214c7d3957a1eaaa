// Command controller uses the service as programs written with client-go and controller-runtime do. Each check prints a line: "ok <name>", or
// "failed <name>: <why>".
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const namespace = "openshift-migration"

type check struct {
	name string
	run  func(context.Context, *rest.Config) error
}

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		fmt.Println("failed kubeconfig:", err)
		os.Exit(1)
	}
	config.QPS, config.Burst = 1000, 1000
	checks := append(append([]check{}, typedChecks...), controllerChecks...)
	for _, each := range checks {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		if err := each.run(ctx, config); err != nil {
			fmt.Printf("failed %s: %v\n", each.name, err)
		} else {
			fmt.Println("ok", each.name)
		}
		cancel()
	}
}

// until asks until the answer is yes.
func until(ctx context.Context, what string, met func() bool) error {
	err := wait.PollUntilContextCancel(ctx, 50*time.Millisecond, true, func(context.Context) (bool, error) {
		return met(), nil
	})
	if err != nil {
		return fmt.Errorf("waited for %s: %w", what, err)
	}
	return nil
}

func expect(met bool, format string, values ...any) error {
	if met {
		return nil
	}
	return fmt.Errorf(format, values...)
}

// first returns the first error there is.
func first(errors ...error) error {
	for _, err := range errors {
		if err != nil {
			return err
		}
	}
	return nil
}
