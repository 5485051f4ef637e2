using TorchSharp;
using static TorchSharp.torch;

namespace SegLossBias;

/// <summary>Weights and maps of an input in flat shapes and in the width of the logits, and their checks.</summary>
internal sealed class PixelValues
{
    private static readonly Scalar Zero = 0.ToScalar();
    private static readonly Scalar MinusInfinity = double.NegativeInfinity.ToScalar();
    private static readonly Scalar Infinity = double.PositiveInfinity.ToScalar();
    private readonly SegmentationInput _input;
    private readonly HostReads? _reads;
    private readonly int _isWrong;
    private readonly int _isZero;
    private readonly Dictionary<string, int> _isNotFinite = [];
    private readonly Dictionary<string, Tensor> _maps;

    /// <param name="input">The input.</param>
    /// <param name="dtype">The width of the logits.</param>
    /// <param name="reads">What is read on the host; null where nothing may be.</param>
    internal PixelValues(SegmentationInput input, ScalarType dtype, HostReads? reads)
    {
        Tensor Flat(Tensor tensor) => tensor.to(dtype).reshape(input.Images, tensor.shape[1], input.Pixels);
        (_input, _reads) = (input, reads);
        Weights = input.Weights is null ? null : Flat(input.Weights);
        _maps = input.Maps.ToDictionary(map => map.Key, map => Flat(map.Value));
        if (reads is null)
        {
            return;
        }

        if (Weights is not null)
        {
            (_isWrong, _isZero) = (reads.Add(IsWrong(Weights).any()), reads.Add(Weights.IsZero().any()));
        }

        foreach (var (name, map) in Maps)
        {
            _isNotFinite[name] = reads.Add(IsNotFinite(map).any());
        }
    }

    /// <summary>[N,1,V] or [N,K,V]; finite once <see cref="Ignore"/> has run.</summary>
    internal Tensor? Weights { get; private set; }

    /// <summary>True where the weight is 0, [N,V] of exclusive classes, else [N,K,V]: such pixels may hold any label. Null without weights.</summary>
    internal Tensor? Weightless => Weights is null ? null : IsExclusive ? Weights.IsZero().squeeze(1) : Weights.IsZero().expand(_input.Images, _input.Classes, _input.Pixels);

    /// <summary>[N,K,V] by name; finite once <see cref="Ignore"/> has run.</summary>
    internal IReadOnlyDictionary<string, Tensor> Maps => _maps;

    /// <summary>Adds the pixels that weigh nothing to the ignored ones; where nothing is checked, those of wrong values too.</summary>
    /// <param name="ignored">[N,V] of exclusive classes, else [N,K,V]; null when no pixel is.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or a map is not finite where a pixel counts.</exception>
    internal Tensor? Ignore(Tensor? ignored)
    {
        if (Weights is not null && (_reads is null || _reads[_isWrong] != 0 || _reads[_isZero] != 0))
        {
            ignored = Join(ignored, WeightsToIgnore());
        }

        foreach (var (name, map) in _maps.Where(map => _reads is null || _reads[_isNotFinite[map.Key]] != 0).ToArray())
        {
            var isWrong = IsNotFinite(map);
            if (_reads is null)
            {
                ignored = Join(ignored, IsExclusive ? isWrong.any(1, keepdim: true) : isWrong);
            }
            else
            {
                ThrowAtWrongMap(name, ignored is null ? isWrong : isWrong.bitwise_and((IsExclusive ? ignored.unsqueeze(1) : ignored).bitwise_not()));
            }

            _maps[name] = map.ZeroWhere(isWrong);
        }

        return ignored;
    }

    private bool IsExclusive => _input.Mode == SegmentationMode.Multiclass;

    /// <summary>NaN too; isfinite has no kernel for META tensors.</summary>
    private static Tensor IsNotFinite(Tensor map) => map.gt(MinusInfinity).bitwise_and_(map.lt(Infinity)).bitwise_not_();

    private static Tensor IsWrong(Tensor weights) => weights.ge(Zero).bitwise_and_(weights.lt(Infinity)).bitwise_not_();

    private Tensor WeightsToIgnore()
    {
        var isWrong = IsWrong(Weights!);
        if (_reads is null)
        {
            var isOut = isWrong.bitwise_or(Weights!.IsZero());
            Weights = Weights!.ZeroWhere(isWrong);
            return isOut;
        }

        if (_reads[_isWrong] != 0)
        {
            var (value, position) = SoftLabelCheck.First(Weights!, isWrong, _input.Weights!.shape);
            throw new ArgumentException($"pixel weights are finite and not negative, but {value} occurs at {position}; give a pixel that is to be left out the weight 0.", "target");
        }

        return Weights!.IsZero();
    }

    private void ThrowAtWrongMap(string name, Tensor isWrong)
    {
        if (LabelCheck.First(isWrong) is not null)
        {
            var (value, position) = SoftLabelCheck.First(Maps[name], isWrong, _input.Maps[name].shape);
            throw new ArgumentException($"a map holds finite numbers where a pixel counts, but in map '{name}' {value} occurs at {position}; replace it, or give the pixel the weight 0.", "target");
        }
    }

    /// <param name="ignored">The ignored pixels so far.</param>
    /// <param name="more">[N,1,V] or [N,K,V].</param>
    private Tensor Join(Tensor? ignored, Tensor more)
    {
        var mask = IsExclusive ? more.squeeze(1) : more.expand(_input.Images, _input.Classes, _input.Pixels);
        return ignored is null ? mask : ignored.bitwise_or(mask);
    }
}
