using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TocsinSdk.Generators;

namespace TocsinSdk.Tests.Generators;

/// <summary>Source text compiled as an application's would be, with the generator at work.</summary>
internal static class Snippet
{
    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static CSharpParseOptions Options(bool interceptors)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        return interceptors ? options.WithFeatures([new("InterceptorsNamespaces", "TocsinSdk.Generated")]) : options;
    }

    public static (CSharpCompilation Compilation, string Generated) Generate(string source, bool interceptors = true)
    {
        var options = Options(interceptors);
        var tree = CSharpSyntaxTree.ParseText("using System; using System.Collections.Generic; "
            + "using System.Threading.Tasks; using TocsinSdk;\n" + source, options, "/app/Program.cs", System.Text.Encoding.UTF8);
        var compilation = CSharpCompilation.Create("Snippet" + Guid.NewGuid().ToString("N"), [tree], s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create([new TrackedGenerator().AsSourceGenerator()], parseOptions: options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var updated, out _);
        return ((CSharpCompilation)updated, string.Concat(updated.SyntaxTrees.Skip(1).Select(static t => t.ToString())));
    }

    /// <summary>Calls App.Run(), which must exist; the value it returns, awaited where it is a task.</summary>
    public static async Task<object?> Run(string source)
    {
        var (compilation, generated) = Generate(source);
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        emitted.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(static d => d.ToString())
            .ShouldBeEmpty(generated);
        image.Position = 0;
        var app = AssemblyLoadContext.Default.LoadFromStream(image).GetType("App")!;
        var result = app.GetMethod("Run", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, null);
        return result is Task<object?> task ? await task : result;
    }

    public static async Task<ImmutableArray<Diagnostic>> Warnings(string source, bool interceptors = true)
    {
        var (compilation, _) = Generate(source, interceptors);
        return await compilation.WithAnalyzers([new TrackedAnalyzer()]).GetAnalyzerDiagnosticsAsync();
    }
}
