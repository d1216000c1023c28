using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tocsin.Testing.Processes;

namespace TocsinSdk.AspNetCore.Tests.Guide;

/// <summary>Every C# block in the SDK's guide pages and package pages compiles against the SDK as it is.</summary>
public sealed partial class SnippetTests
{
    private static readonly string[] s_folders = ["docs/guide", "sdk/Tocsin.Sdk", "sdk/Tocsin.Sdk.AspNetCore", "sdk/Tocsin.Sdk.AI"];

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("Tocsin.", StringComparison.Ordinal) || IsOfSdk(path))
            .Select(path => MetadataReference.CreateFromFile(path))];

    public static TheoryData<string, int, string> Snippets()
    {
        var found = new TheoryData<string, int, string>();
        foreach (var page in s_folders.SelectMany(f => Directory.GetFiles(Path.Combine(Repository.Root, f), "*.md")).Order())
        {
            var name = Path.GetRelativePath(Repository.Root, page);
            if (name.StartsWith("docs/guide", StringComparison.Ordinal) && !Path.GetFileName(page).StartsWith("sdk", StringComparison.Ordinal))
                continue;
            var number = 1;
            foreach (Match block in CSharpBlock().Matches(File.ReadAllText(page)))
                found.Add(name, number++, block.Groups[1].Value);
        }
        return found;
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_compiles(string page, int number, string code)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview)
            .WithFeatures([new("InterceptorsNamespaces", "TocsinSdk.Generated")]);
        SyntaxTree[] trees =
        [
            CSharpSyntaxTree.ParseText(Program(code), options, cancellationToken: TestContext.Current.CancellationToken),
            CSharpSyntaxTree.ParseText(GlobalUsings + File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Guide/Surroundings.txt")), options,
                cancellationToken: TestContext.Current.CancellationToken),
        ];
        var compilation = CSharpCompilation.Create("Snippet", trees, s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => d.ToString()).ShouldBeEmpty($"{page}, C# block {number}");
    }

    [Fact]
    public void The_guide_has_snippets() => Snippets().Count.ShouldBeGreaterThan(10);

    private const string GlobalUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks;

        """;

    // What an application references; our other assemblies have a namespace Tocsin, which hides the class.
    private static bool IsOfSdk(string path) =>
        Path.GetFileNameWithoutExtension(path) is "Tocsin.Sdk" or "Tocsin.Sdk.AspNetCore" or "Tocsin.Sdk.AI";

    // A snippet is a few statements, a few members, or the catch block of a try that everybody can imagine.
    private static string Program(string code)
    {
        var usings = string.Concat(UsingLine().Matches(code).Select(m => m.Value));
        var body = UsingLine().Replace(code, "");
        if (body.TrimStart().StartsWith("catch", StringComparison.Ordinal))
            body = "try { Pay(); }\n" + body;
        var isMembers = body.TrimStart().StartsWith('[');
        var imports = Regex.Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Guide/Surroundings.txt")), @"^using .*;$", RegexOptions.Multiline)
            .Select(m => m.Value.Trim()).Where(u => !usings.Contains(u, StringComparison.Ordinal));
        return $$"""
            {{string.Join('\n', imports)}}
            {{usings}}
            public class Snippet : Surroundings
            {
                {{(isMembers ? body : $"public async Task<object?> Run() {{ await Task.Yield(); {body}\n return null; }}")}}
            }
            """;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"^using [\w.]+;\r?\n", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
