using System.Diagnostics;

namespace TocsinSdk.Tracking;

/// <summary>
/// Each step of the enumeration runs inside the operation: async methods keep their context to themselves, so the
/// consumer's own work in between stays outside.
/// </summary>
internal sealed class TrackedStream<T>(IAsyncEnumerable<T> items, Func<OperationScope> begin) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(items.GetAsyncEnumerator(cancellationToken), begin);

    private sealed class Enumerator(IAsyncEnumerator<T> items, Func<OperationScope> begin) : IAsyncEnumerator<T>
    {
        private OperationScope? _scope;

        public T Current => items.Current;

        public async ValueTask<bool> MoveNextAsync()
        {
            Enter();
            try
            {
                if (await items.MoveNextAsync().ConfigureAwait(false))
                    return true;
                _scope!.Dispose();
                return false;
            }
            catch (Exception e)
            {
                _scope!.Fail(e);
                _scope.Dispose();
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_scope is { Ended: false })
                Enter();
            try
            {
                await items.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                _scope?.Dispose();
            }
        }

        private void Enter()
        {
            if (_scope is null)
            {
                _scope = begin();
                return;
            }
            if (_scope.Ended || ReferenceEquals(_scope, OperationScope.Inert))
                return;
            ScopeContext.Enter(_scope);
            if (_scope.Activity is { IsStopped: false } span)
                Activity.Current = span;
        }
    }
}
