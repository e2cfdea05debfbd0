"""The way in: signing in, second factors, lock-outs, sessions and their ends (decision 0011).

django-allauth brings the ceremonies; here stands who needs them, what is counted, and what is written down.
"""
