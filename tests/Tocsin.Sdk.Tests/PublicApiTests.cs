using System.Reflection;
using Tocsin.Testing.Processes;

namespace TocsinSdk.Tests;

/// <summary>The public surface is small and changes only on purpose: api.txt is reviewed like code.</summary>
public sealed class PublicApiTests
{
    /// <summary>TOCSIN_ACCEPT_API=1 writes the present surface into the file; the diff is then read by a person.</summary>
    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        string[] surface = [.. typeof(Tocsin).Assembly.GetExportedTypes().SelectMany(Lines).Order(StringComparer.Ordinal)];
        if (Environment.GetEnvironmentVariable("TOCSIN_ACCEPT_API") == "1")
            File.WriteAllLines(Path.Combine(Repository.Root, "tests/Tocsin.Sdk.Tests/api.txt"), surface);
        else
            File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "api.txt")).Order(StringComparer.Ordinal)
                .ShouldBe(surface);
    }

    [Fact]
    public void The_library_references_no_other_project_of_the_solution()
    {
        typeof(Tocsin).Assembly.GetReferencedAssemblies().ShouldNotContain(a =>
            a.Name!.StartsWith("Tocsin", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Lines(Type type) =>
        type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m is not MethodInfo { IsSpecialName: true })
            .Select(m => $"{type.FullName} {m.MemberType} {m}");
}
