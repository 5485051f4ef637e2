namespace SegLossBias;

/// <summary>The classes (channels) a loss looks at.</summary>
public sealed class ClassSelection
{
    private readonly long[]? _classes;
    private readonly bool _withoutFirst;

    private ClassSelection(long[]? classes, bool withoutFirst) => (_classes, _withoutFirst) = (classes, withoutFirst);

    /// <summary>Every class.</summary>
    public static ClassSelection All { get; } = new(null, withoutFirst: false);

    /// <summary>Every class but class 0.</summary>
    public static ClassSelection WithoutBackground { get; } = new(null, withoutFirst: true);

    /// <summary>These classes, each ≥ 0 and named once.</summary>
    /// <param name="classes">Class indices.</param>
    /// <exception cref="ArgumentException">There is none, one is negative or one is named twice.</exception>
    public static ClassSelection Of(params long[] classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        if (classes.Length == 0 || classes.Any(index => index < 0) || classes.Distinct().Count() != classes.Length)
        {
            throw new ArgumentException($"a class selection needs at least one class, each at least 0 and named once, but it is {Shapes.Text(classes)}.", nameof(classes));
        }

        return new([.. classes], withoutFirst: false);
    }

    /// <summary><c>All</c>, <c>WithoutBackground</c> or the classes.</summary>
    public override string ToString() => _classes is null ? _withoutFirst ? nameof(WithoutBackground) : nameof(All) : Shapes.Text(_classes);

    /// <summary>The selected of so many classes.</summary>
    internal int[] Of(int available)
    {
        Check(available);
        return _classes is null
            ? [.. Enumerable.Range(0, available).Skip(_withoutFirst ? 1 : 0)]
            : [.. _classes.Select(index => (int)index)];
    }

    private void Check(long available)
    {
        if (_withoutFirst && available < 2)
        {
            throw new ArgumentException("ClassSelection.WithoutBackground needs at least 2 channels, but the logits have 1; a single channel is the foreground already, leave the selection out.", "logits");
        }

        if (_classes is not null && _classes.Max() >= available)
        {
            throw new ArgumentException($"class {_classes.Max()} is selected but the logits have {available} channels; select from 0..{available - 1}.", "logits");
        }
    }
}
