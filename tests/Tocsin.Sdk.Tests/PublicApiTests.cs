using System.Reflection;

namespace TocsinSdk.Tests;

/// <summary>The public surface is small and changes only on purpose: api.txt is reviewed like code.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        var surface = typeof(Tocsin).Assembly.GetExportedTypes()
            .OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(Lines);
        var file = Path.Combine(AppContext.BaseDirectory, "api.txt");
        surface.ShouldBe(File.ReadAllLines(file));
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
            .Select(m => $"{type.FullName} {m.MemberType} {m}")
            .Order(StringComparer.Ordinal);
}
