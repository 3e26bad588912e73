#!/usr/bin/env python3
print("tweet VERSION")
