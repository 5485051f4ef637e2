namespace SegLossBias;

/// <summary>Where the sums of one region stand that nearly every loss wants; null where one is not wanted.</summary>
internal readonly unsafe struct GeneralSums(double* target, double* size, TrueClassSums trueClass)
{
    private readonly double* _target = target;
    private readonly double* _size = size;
    private readonly TrueClassSums _trueClass = trueClass;

    internal void Add(double target, double size, double overlap, double negativeLogLikelihood)
    {
        *_target += target;
        if (_size != null)
        {
            *_size += size;
        }

        _trueClass.Add(overlap, negativeLogLikelihood, 0);
    }
}
