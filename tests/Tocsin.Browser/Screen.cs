using System.Text.Json;
using Microsoft.Playwright;
using Tocsin.Testing.Processes;

namespace Tocsin.Browser;

/// <summary>One page in a profile of its own; remembers every error that the page reports.</summary>
public sealed class Screen : IAsyncDisposable
{
    private static readonly Lazy<string> s_axe =
        new(() => File.ReadAllText(Path.Combine(Repository.Root, "web/node_modules/axe-core/axe.min.js")));

    /// <summary>Counts the questions to the server whose answers are not read yet, as window.asked.</summary>
    private const string CountQuestions =
        """
        (() => {
          const ask = window.fetch;
          const answered = () => setTimeout(() => window.asked--);
          window.asked = 0;
          window.fetch = (...question) => {
            window.asked++;
            const answer = ask(...question);
            answer.then((a) => a.clone().arrayBuffer()).then(answered, answered);
            return answer;
          };
        })();
        """;

    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    private Screen(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _errors.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _errors.Add($"page error: {error}");
    }

    internal static async Task<Screen> In(IBrowserContext context)
    {
        await context.AddInitScriptAsync(CountQuestions);
        return new Screen(context, await context.NewPageAsync());
    }

    public IPage Page { get; }

    /// <summary>Console errors and warnings (a CSP violation is one), and uncaught exceptions.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public ILocator Main => Page.GetByRole(AriaRole.Main);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name });

    public async Task Go(string path)
    {
        await Page.GotoAsync(path);
        await Settled();
    }

    /// <summary>Returns when the screen's data are there: no skeleton is left, and no question without its answer.</summary>
    public async Task Settled()
    {
        await Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        await Page.WaitForFunctionAsync(
            """
            () => document.querySelector('main').innerText.trim() !== ''
              && !document.querySelector('[role=status] > .visually-hidden')
              && window.asked === 0
            """);
    }

    /// <summary>Rule and first offender of each accessibility violation (WCAG 2.1 A and AA).</summary>
    public async Task<IReadOnlyList<string>> Violations()
    {
        await Page.EvaluateAsync(s_axe.Value);
        JsonElement found = await Page.EvaluateAsync<JsonElement>(
            """
            async () => {
              const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] });
              return violations.map(v => v.id + ': ' + v.nodes[0].html);
            }
            """);
        return [.. found.EnumerateArray().Select(v => v.GetString()!)];
    }

    /// <summary>How far the page could be scrolled sideways, in pixels.</summary>
    public Task<int> Overflow() => Page.EvaluateAsync<int>(
        """
        () => {
          const main = document.querySelector('main');
          return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
        }
        """);

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
