using System.Globalization;
using Tocsin.Testing.Processes;

namespace Tocsin.Acceptance.Packages;

/// <summary>One application that a stranger makes from the packages. Name is also that of its program.</summary>
internal sealed record Consumer(string Name, string What)
{
    public delegate Task<string?> Dotnet(string folder, params string[] arguments);

    /// <summary>The command and switches that build it.</summary>
    public string[] Build { get; private init; } = ["build"];

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
          </ItemGroup>
        </Project>
        """);

    private const string Program = """
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.AddTocsin();
        var app = builder.Build();
        app.UseTocsin();
        app.MapTocsin();
        app.MapGet("/greetings/{name}", async context =>
        {
            var name = (string?)context.Request.RouteValues["name"];
            app.Logger.LogInformation("Greeting {Name}", name);
            await context.Response.WriteAsync("Hello, " + name);
        });
        app.Run();
        """;
}
