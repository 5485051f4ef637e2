using System.Reflection;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>Any public member with any arguments of its types: a value, or an exception of a documented kind with a message of the library.</summary>
internal static class EntryAttempts
{
    internal static Attempt Make(Draw draw)
    {
        var (type, method) = draw.One(Entries.All);
        var arguments = method.GetParameters().Select(parameter => EntryArguments.Of(draw, parameter)).ToArray();
        var isDisposed = method is { IsConstructor: false, IsStatic: false } && typeof(IDisposable).IsAssignableFrom(type) && EntryInstances.CanMake(type) && draw.OneIn(3);
        return new($"entry {(isDisposed ? "of a disposed " : "")}{type.Name}.{method.Name}({string.Join(", ", arguments.Select(argument => argument.Text))})", Expected.Either, () =>
        {
            if (method is ConstructorInfo or { IsStatic: true })
            {
                Invoke(null, method, arguments);
                return;
            }

            EntryInstances.With(type, instance =>
            {
                if (isDisposed)
                {
                    (instance as IDisposable)?.Dispose();
                }

                Invoke(instance, method, arguments);
            });
        });
    }

    private static void Invoke(object? instance, MethodBase method, Argument[] arguments)
    {
        var values = arguments.Select(argument => argument.Make()).ToArray();
        var result = Library.Held(() => method is ConstructorInfo constructor
            ? constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, values, null)
            : method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, values, null));
        _ = Library.Value(() => result is Tensor ? "" : result?.ToString());
        if (result is System.Collections.IEnumerable items and not string and not Tensor)
        {
            _ = Library.Value(() => items.Cast<object?>().Take(1000).Count());
        }

        (result as IDisposable)?.Dispose();
    }
}
