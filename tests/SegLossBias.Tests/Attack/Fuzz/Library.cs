using SegLossBias.Tests.Contract;

namespace SegLossBias.Tests.Attack.Fuzz;

/// <summary>The gate to the library: marks its exceptions, counts its tensors, and compares numbers.</summary>
internal static class Library
{
    /// <summary>A call that returns so many tensors and leaves no other.</summary>
    internal static T Call<T>(Func<T> call, Func<T, int> handles)
    {
        var before = LiveHandles.Count;
        T result;
        try
        {
            result = call();
        }
        catch (Exception exception) when (exception is not WrongException)
        {
            EnsureLeft(before, 0, $"after {exception.GetType().Name}: {Refusal.OnOneLine(exception.Message)}");
            throw new RefusedException(exception);
        }

        EnsureLeft(before, handles(result), "after a call that went well");
        return result;
    }

    internal static Tensor Call(Func<Tensor> call) => Call(call, _ => 1);

    /// <summary>A call whose result holds tensors, which a <c>using</c> frees; the count at the end of the case tells.</summary>
    internal static T Held<T>(Func<T> call)
    {
        var before = LiveHandles.Count;
        return Call(call, _ => (int)(LiveHandles.Count - before));
    }

    /// <summary>A call that returns no tensor.</summary>
    internal static T Value<T>(Func<T> call) => Call(call, _ => 0);

    internal static void Call(Action call) => Value<object?>(() =>
    {
        call();
        return null;
    });

    internal static void EnsureClose(double actual, double expected, double tolerance, string what)
    {
        if (!AreEqual(actual, expected) && !(Math.Abs(actual - expected) <= tolerance * Math.Max(1, Math.Abs(expected))))
        {
            throw new WrongException(FormattableString.Invariant($"expected {what} {expected:R} within {tolerance:R}, came {actual:R}"));
        }
    }

    /// <summary>Every entry within the tolerance of the largest one.</summary>
    internal static void EnsureClose(double[] actual, double[] expected, double tolerance, string what)
    {
        Ensure(actual.Length == expected.Length, $"expected {what} of {expected.Length} numbers, came {actual.Length}");
        var scale = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (var i = 0; i < actual.Length; i++)
        {
            if (!AreEqual(actual[i], expected[i]) && !(Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(1e-3, scale)))
            {
                throw new WrongException(FormattableString.Invariant($"expected {what}[{i}] {expected[i]:R} within {tolerance:R} of {scale:R}, came {actual[i]:R}"));
            }
        }
    }

    internal static void Ensure(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw new WrongException(otherwise);
        }
    }

    private static bool AreEqual(double actual, double expected) => actual.Equals(expected);

    private static void EnsureLeft(long before, int expected, string when)
    {
        var left = LiveHandles.Count - before;
        Ensure(left == expected, $"expected {expected} new tensors {when}, there are {left}");
    }
}
