// Lists, creates, runs into a conflict, and resolves: docs/clients.md.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/structpb"

	pb "example.org/client/gen/profileregistry/v1"
)

func main() {
	conn, err := grpc.NewClient(os.Args[1],
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}))
	check(err)
	defer conn.Close()
	registry := pb.NewProfileRegistryServiceClient(conn)
	resolver := pb.NewResolverServiceClient(conn)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	list(ctx, registry)
	version := create(ctx, registry)
	refused(ctx, registry)
	conflict(ctx, registry, version)
	resolve(ctx, resolver)
}

func list(ctx context.Context, registry pb.ProfileRegistryServiceClient) {
	var slugs []string
	for token := ""; ; {
		page, err := registry.ListProfiles(ctx, &pb.ListProfilesRequest{PageToken: token})
		check(err)
		for _, profile := range page.Profiles {
			slugs = append(slugs, profile.Slug)
		}
		if token = page.NextPageToken; token == "" {
			break
		}
	}
	fmt.Println("profiles:", strings.Join(slugs, ", "))
}

func create(ctx context.Context, registry pb.ProfileRegistryServiceClient) uint32 {
	settings, err := structpb.NewStruct(map[string]any{"ai-chat": map[string]any{"ai-engine": "gpt-5"}})
	check(err)
	created, err := registry.CreateProfile(ctx, &pb.CreateProfileRequest{Profile: &pb.Profile{
		Slug:    "greeter",
		Runtime: &pb.Runtime{SystemPrompt: "Greet people in rhyme.", StepSettingsPatch: settings},
	}})
	check(err)
	fmt.Printf("created: %s, version %d\n", created.Profile.Slug, created.Profile.Metadata.Version)
	return created.Profile.Metadata.Version
}

func refused(ctx context.Context, registry pb.ProfileRegistryServiceClient) {
	_, err := registry.CreateProfile(ctx, &pb.CreateProfileRequest{Profile: &pb.Profile{Slug: "grüß dich"}})
	for _, detail := range status.Convert(err).Details() {
		if request, ok := detail.(*errdetails.BadRequest); ok {
			for _, violation := range request.FieldViolations {
				fmt.Printf("refused: %s: %s\n", violation.Field, violation.Description)
			}
		}
	}
}

func conflict(ctx context.Context, registry pb.ProfileRegistryServiceClient, version uint32) {
	update := &pb.UpdateProfileRequest{
		Profile:         &pb.Profile{Slug: "greeter", DisplayName: "Greeter"},
		UpdateMask:      &fieldmaskpb.FieldMask{Paths: []string{"display_name"}},
		ExpectedVersion: version,
	}
	_, err := registry.UpdateProfile(ctx, update)
	check(err)

	_, err = registry.UpdateProfile(ctx, update)
	if status.Code(err) != codes.Aborted {
		log.Fatal(err)
	}
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			fmt.Printf("conflict: %s, expected %s, actual %s\n",
				info.Reason, info.Metadata["expected_version"], info.Metadata["actual_version"])
		}
	}

	// Somebody else was faster: look at what they wrote before writing over it.
	current, err := registry.GetProfile(ctx, &pb.GetProfileRequest{Slug: "greeter"})
	check(err)
	update.ExpectedVersion = current.Profile.Metadata.Version
	updated, err := registry.UpdateProfile(ctx, update)
	check(err)
	fmt.Println("updated: version", updated.Profile.Metadata.Version)
}

func resolve(ctx context.Context, resolver pb.ResolverServiceClient) {
	answer, err := resolver.ResolveProfile(ctx, &pb.ResolveProfileRequest{Profile: "greeter"})
	check(err)
	chat := answer.StepSettings.Fields["ai-chat"].GetStructValue()
	fmt.Printf("resolved: %s (%s)\n", answer.Runtime.SystemPrompt, chat.Fields["ai-engine"].GetStringValue())

	again, err := resolver.ResolveProfile(ctx, &pb.ResolveProfileRequest{
		Profile:          "greeter",
		KnownFingerprint: answer.Fingerprint,
	})
	check(err)
	fmt.Println("unchanged:", again.Unchanged)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
