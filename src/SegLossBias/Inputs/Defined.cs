namespace SegLossBias;

/// <summary>An enum can hold any number; only those with a name are let in.</summary>
internal static class Defined
{
    /// <exception cref="ArgumentOutOfRangeException">The value has no name.</exception>
    internal static T Ensure<T>(T value, string name)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be one of {typeof(T).Name} ({string.Join(", ", Enum.GetNames<T>())}), but it is {value:D}; pass one of these.");
}
