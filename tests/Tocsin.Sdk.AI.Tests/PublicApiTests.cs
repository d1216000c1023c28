using System.Reflection;
using Tocsin.Testing;
using Tocsin.Testing.Processes;

namespace TocsinSdk.AI.Tests;

/// <summary>The public surface is small and changes only on purpose: api.txt is reviewed like code.</summary>
public sealed class PublicApiTests
{
    /// <summary>TOCSIN_ACCEPT_API=1 writes the present surface into the file; the diff is then read by a person.</summary>
    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        string[] surface = PublicSurface.Of(Assembly.Load("Tocsin.Sdk.AI"));
        string file = Path.Combine(Repository.Root, "tests/Tocsin.Sdk.AI.Tests/api.txt");
        if (Environment.GetEnvironmentVariable("TOCSIN_ACCEPT_API") == "1")
            File.WriteAllLines(file, surface);
        else
            File.ReadAllLines(file).ShouldBe(surface);
    }
}
