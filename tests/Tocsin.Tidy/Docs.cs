using System.Text.RegularExpressions;

namespace Tocsin.Tidy;

/// <summary>Documents name files that exist, and never lines of them.</summary>
public sealed partial class Docs
{
    private static IEnumerable<string> Pages => Tree.Files.Where(f => f.EndsWith(".md", StringComparison.Ordinal) && !f.StartsWith("web/node_modules"));

    [Fact]
    public void Every_path_named_in_a_document_exists()
    {
        var missing = new List<string>();
        foreach (string page in Pages)
        {
            foreach (Match found in RepositoryPath().Matches(Tree.Read(page)))
            {
                string path = found.Groups[1].Value.TrimEnd('/', '.');
                if (!path.Contains('*') && !path.Contains('<') && !path.Contains('{') && !Tree.Exists(path))
                    missing.Add($"{page}: {path}");
            }
        }
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_link_between_documents_leads_somewhere()
    {
        var broken = new List<string>();
        foreach (string page in Pages)
        {
            foreach (Match link in Link().Matches(Tree.Read(page)))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length == 0 || target.Contains("://"))
                    continue;
                if (!Tree.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
                    broken.Add($"{page}: {target}");
            }
        }
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void No_document_links_a_line_of_a_file() =>
        Pages.Where(page => FileLine().IsMatch(Tree.Read(page))).ShouldBeEmpty();

    [Fact]
    public void Every_format_page_is_named_by_the_code_that_writes_the_format()
    {
        string[] code = [.. Tree.Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).Select(Tree.Read)];
        Tree.Under("docs/formats/", ".md").Where(page => !code.Any(text => text.Contains(page))).ShouldBeEmpty();
    }

    [GeneratedRegex(@"`((?:src|sdk|samples|tests|docs|web|build|bench|\.ci)/[^`\s]*)`")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`[\w./]+\.(cs|ts|tsx):\d+`")]
    private static partial Regex FileLine();
}
