using System.Globalization;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Packages;

/// <summary>One application that a stranger makes from the packages. Name is also that of its program.</summary>
internal sealed record Consumer(string Name, string What)
{
    public delegate Task<string?> Dotnet(string folder, params string[] arguments);

    /// <summary>The command and switches that build it.</summary>
    public string[] Build { get; private init; } = ["build"];

    /// <summary>What its page of measures must hold once it has greeted somebody.</summary>
    public IReadOnlyList<string> Measures => FromTemplate
        ? ["http_server_request_duration"]
        : ["http_server_request_duration", "operation=\"greeting\"", "gen_ai_client_operation_duration"];

    private string Framework { get; init; } = "net10.0";
    private string Properties { get; init; } = "";
    private bool FromTemplate { get; init; }

    public static IReadOnlyList<Consumer> All { get; } =
    [
        new("Net10", "net10.0"),
        new("Net8", "net8.0, on the newer runtime") { Framework = "net8.0" },
        new("Trimmed", "net10.0, published trimmed")
        {
            Build = ["publish", "-r", "linux-x64", "--self-contained", "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false"],
        },
        new("Shop", "dotnet new tocsin-webapi") { FromTemplate = true },
        new("Shop8", "dotnet new tocsin-webapi --Framework net8.0") { FromTemplate = true, Framework = "net8.0" },
    ];

    /// <summary>What went wrong; null when the project is there.</summary>
    public async Task<string?> Create(string folder, string project, Dotnet dotnet)
    {
        if (!FromTemplate)
        {
            Directory.CreateDirectory(project);
            await File.WriteAllTextAsync(Path.Combine(project, Name + ".csproj"), Project());
            await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), Program);
            return null;
        }
        string hive = Path.Combine(folder, "hive-" + Name);
        string package = Directory.GetFiles(Path.Combine(Repository.Root, "artifacts"), "Tocsin.Templates.*.nupkg").Single();
        return await dotnet(folder, "new", "install", package, "--debug:custom-hive", hive)
            ?? await dotnet(folder, "new", "tocsin-webapi", "-n", Name, "-o", project, "--Framework", Framework, "--debug:custom-hive", hive);
    }

    private string Project() => string.Create(CultureInfo.InvariantCulture, $"""
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>{Framework}</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <SatelliteResourceLanguages>en</SatelliteResourceLanguages>{Properties}
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Tocsin.Sdk.AspNetCore" Version="*" />
            <PackageReference Include="Tocsin.Sdk.AI" Version="*" />
          </ItemGroup>
        </Project>
        """);

    // One of each thing a package has to bring with it: a method only the generator can measure, a measured model.
    private const string Program = """
        using Microsoft.Extensions.AI;
        using TocsinSdk;

        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddTocsin();
        var app = builder.Build();
        app.UseTocsin();
        app.MapTocsin();
        var model = new Parrot().UseTocsin();
        app.MapGet("/greetings/{name}", async context =>
        {
            var name = (string?)context.Request.RouteValues["name"];
            app.Logger.LogInformation("Greeting {Name}", name);
            await context.Response.WriteAsync((await model.GetResponseAsync(Greeter.Greeting(name))).Text);
        });
        app.Run();

        internal static class Greeter
        {
            [Tracked("greeting")]
            public static string Greeting(string? name) => "Hello, " + name;
        }

        internal sealed class Parrot : IChatClient
        {
            public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null,
                CancellationToken cancellationToken = default) =>
                Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, messages.Last().Text)));

            public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages,
                ChatOptions? options = null, CancellationToken cancellationToken = default) =>
                throw new NotSupportedException();

            public object? GetService(Type serviceType, object? serviceKey = null) => null;

            public void Dispose()
            {
            }
        }
        """;
}
