using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TocsinSdk.Generators;

/// <summary>
/// Replaces calls of methods marked [Tracked] by calls of generated ones that measure them, by C#'s interceptors. It
/// sees
/// the calls in the code that is being compiled, to whatever assembly the method belongs.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TrackedGenerator : IIncrementalGenerator
{
    /// <summary>Called once by the compiler.</summary>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var allowed = context.ParseOptionsProvider.Select(static (options, _) => AllowsInterceptors(options));
        var calls = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => node is InvocationExpressionSyntax, Call)
            .Where(static call => call is not null).Select(static (call, _) => call!)
            .Collect();
        context.RegisterSourceOutput(calls.Combine(allowed), static (output, found) =>
        {
            if (found is { Left.Length: > 0, Right: true })
                output.AddSource("TrackedCalls.g.cs", TrackedSource.Of(found.Left));
        });
    }

    internal static bool AllowsInterceptors(ParseOptions options) =>
        options.Features.TryGetValue("InterceptorsNamespaces", out var names)
        && names.Split(';').Any(static n => n.Trim() is TrackedSource.Namespace or "TocsinSdk");

    private static TrackedCall? Call(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        var call = (InvocationExpressionSyntax)context.Node;
        // base.M() must stay: the replacement would come back to the override.
        if (call.Expression is MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax })
            return null;
        if (context.SemanticModel.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol method
            || TrackedMethod.Of(method) is not { } tracked || tracked.Obstacle() is not null
            || context.SemanticModel.GetInterceptableLocation(call, cancellation) is not { } location)
            return null;
        return new TrackedCall(tracked.Interceptor(), location.Version, location.Data, location.GetDisplayLocation());
    }
}
