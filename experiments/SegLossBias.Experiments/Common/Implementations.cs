namespace SegLossBias.Experiments.Common;

/// <summary>Finds the implementations of an interface in this program, so that a new one needs no entry in a list.</summary>
internal static class Implementations
{
    /// <param name="nameOf">What they are ordered by.</param>
    /// <returns>One instance of each class that implements <typeparamref name="T"/> and has a constructor without parameters.</returns>
    public static IReadOnlyList<T> Of<T>(Func<T, string> nameOf) => [.. typeof(T).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(T).IsAssignableFrom(type) && type.GetConstructor(Type.EmptyTypes) is not null)
        .Select(type => (T)Activator.CreateInstance(type)!).OrderBy(nameOf, StringComparer.Ordinal)];
}
