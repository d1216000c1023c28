using System.Text.RegularExpressions;

namespace Tocsin.Tidy;

/// <summary>Names say what a thing is; interfaces exist where two implementations do.</summary>
public sealed partial class Names
{
    private static readonly string[] s_banned =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Impl", "Processor", "Data", "Info", "Mediator", "Mapper"];

    private static readonly string[] s_bannedFolders =
        ["Common", "Misc", "Utils", "Helpers", "Extensions", "Services", "Models", "DTOs"];

    private static IEnumerable<string> Sources =>
        Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && (f.StartsWith("src/") || f.StartsWith("sdk/") || f.StartsWith("samples/")));

    [Fact]
    public void No_type_has_a_banned_suffix() =>
        Sources.SelectMany(file => TypeName().Matches(Tree.Read(file)).Select(m => (file, name: m.Groups[1].Value)))
            .Where(t => s_banned.Any(b => t.name.EndsWith(b, StringComparison.Ordinal)))
            .Select(t => $"{t.file}: {t.name}").ShouldBeEmpty();

    [Fact]
    public void No_folder_has_a_banned_name() =>
        Sources.Where(file => Path.GetDirectoryName(file)!.Split('/').Any(s_bannedFolders.Contains)).ShouldBeEmpty();

    [Fact]
    public void Every_interface_has_two_implementations()
    {
        // IProtocol is the registration seam for protocols; the second one arrives with the next protocol folder.
        string[] awaited = ["IProtocol"];
        string[] everything = [.. Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).Select(Tree.Read)];
        var lonely = new List<string>();
        foreach (string file in Sources)
        {
            foreach (Match found in InterfaceName().Matches(Tree.Read(file)))
            {
                string name = found.Groups[1].Value;
                int implementations = everything.Sum(text => Regex.Count(text, $@"(class|struct|record)\s+\w+[^{{;]*[:,]\s*{name}\b"));
                if (implementations < 2 && !awaited.Contains(name))
                    lonely.Add($"{file}: {name} has {implementations}");
            }
        }
        lonely.ShouldBeEmpty();
    }

    [Fact]
    public void The_namespace_is_the_folder()
    {
        var wrong = new List<string>();
        foreach (string file in Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && f.StartsWith("src/")))
        {
            Match declared = Namespace().Match(Tree.Read(file));
            string expected = string.Join('.', Path.GetDirectoryName(file)!.Split('/').Skip(1));
            // Extension methods and Program live where their user looks for them.
            if (declared.Success && declared.Groups[1].Value != expected && !declared.Groups[1].Value.StartsWith("Microsoft."))
                wrong.Add($"{file}: {declared.Groups[1].Value}, expected {expected}");
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void No_regions_and_no_left_over_markers() =>
        Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal) && !f.StartsWith("tests/Tocsin.Tidy"))
            .Where(f => LeftOver().IsMatch(Tree.Read(f))).ShouldBeEmpty();

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum|record struct)\s+([A-Z]\w*)")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\binterface\s+(I[A-Z]\w*)")]
    private static partial Regex InterfaceName();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*#region|\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException", RegexOptions.Multiline)]
    private static partial Regex LeftOver();
}
